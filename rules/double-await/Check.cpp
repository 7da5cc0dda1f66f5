// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each task variable along the paths from its first consumption.
#include "rules/double-await/Check.h"

#include "checker/flow/Storage.h"
#include "checker/semantics/Exemptions.h"

using namespace clang;

namespace coroguard::rules {

namespace message = double_await::message;

DoubleAwaitCheck::DoubleAwaitCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, double_await::info()), options_(double_await::Options::read(Options)) {}

void DoubleAwaitCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

namespace {

/// What one reference does to the task.
enum class Use : uint8_t { Looks, UsesUp, Replaces };

/// Would awaiting an lvalue twice be harmless: its awaiter answers at once when the task is done?
bool answersAgain(QualType type, const Expr *await) {
  const auto *suspension = cast<CoawaitExpr>(await);
  const CXXRecordDecl *awaiter = suspension->getCommonExpr() ? classOf(suspension->getCommonExpr()->getType()) : nullptr;
  if (!awaiter || type.isNull())
    return true;
  const std::optional<bool> ready = constantResult(awaiter, "await_ready");
  if (ready)
    return false;
  // A body that asks the task whether it is done; one nobody can see promises nothing.
  for (const CXXMethodDecl *method : methodsNamed(awaiter, "await_ready"))
    if (const FunctionDecl *definition = method->getDefinition() ? method->getDefinition() : method->getTemplateInstantiationPattern())
      if (definition->hasBody())
        return true;
  return false;
}

/// `do { … } while (false)` of an assertion macro, whose condition is not always seen to be false.
bool isLoopOfMacro(const Stmt *node, const Body &body) {
  for (const Stmt *parent = body.parentOf(node); parent; parent = body.parentOf(parent))
    if (isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(parent))
      return isa<DoStmt>(parent) && parent->getBeginLoc().isMacroID();
  return false;
}

Use useOf(const DeclRefExpr *reference, const Body &body) {
  const Stmt *child = reference;
  bool moved = false;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    if (isa<ParenExpr, FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(parent))
      continue;
    if (const auto *call = dyn_cast<CallExpr>(parent); call && call->getNumArgs() == 1 && !isa<CXXMemberCallExpr>(call) &&
                                                       peelMoves(call) != call && call->isXValue()) {
      moved = true;
      continue;
    }
    if (isa<CastExpr>(parent)) {
      if (cast<CastExpr>(parent)->getCastKind() == CK_ToVoid)
        return Use::Looks;
      moved |= isa<ExplicitCastExpr>(parent) && cast<Expr>(parent)->isXValue();
      continue;
    }
    if (const auto *await = dyn_cast<CoawaitExpr>(parent))
      return moved || !answersAgain(reference->getType(), await) ? Use::UsesUp : Use::Looks;
    if (const auto *assignment = dyn_cast<CXXOperatorCallExpr>(parent);
        assignment && assignment->getOperator() == OO_Equal && peel(assignment->getArg(0)) == reference)
      return Use::Replaces;
    if (const auto *construct = dyn_cast<CXXConstructExpr>(parent); construct && construct->getConstructor()->isMoveConstructor())
      return Use::UsesUp;
    if (const auto *member = dyn_cast<MemberExpr>(parent)) {
      const auto *method = dyn_cast<CXXMethodDecl>(member->getMemberDecl());
      const bool asks = method && method->isConst();
      return moved && method && !asks && method->getRefQualifier() == RQ_RValue ? Use::UsesUp : Use::Looks;
    }
    if (isa<CallExpr, CXXConstructExpr>(parent))
      return moved ? Use::UsesUp : Use::Looks;
    return Use::Looks;
  }
  return Use::Looks;
}

} // namespace

void DoubleAwaitCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    Effort effort;
    if (body.isCoroutine())
      for (const ParmVarDecl *parameter : body.function->parameters())
        checkVariable(body, parameter, unit, effort);
    for (const DeclStmt *declaration : body.all<DeclStmt>())
      for (const Decl *decl : declaration->decls())
        if (const auto *variable = dyn_cast<VarDecl>(decl))
          checkVariable(body, variable, unit, effort);
  }
}

void DoubleAwaitCheck::checkVariable(const Body &body, const VarDecl *variable, Unit &unit, Effort &effort) {
  if (!variable->hasLocalStorage() || variable->getType()->isReferenceType() || !variable->getType()->isRecordType())
    return;
  const AsyncType *type = unit.types().classify(variable->getType());
  if (!type || !type->isTask() || !type->singleShot || isExempt(options_.allowedTypes, unit.names().of(type->record)) ||
      !body.capturedBy(variable).empty())
    return;
  unsigned consumptions = 0;
  for (const DeclRefExpr *reference : body.references(variable)) {
    const bool again = useOf(reference, body) == Use::UsesUp;
    consumptions += again;
    for (const Stmt *parent = body.parentOf(reference); again && parent; parent = body.parentOf(parent))
      consumptions += isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt, LabelStmt>(parent);
  }
  const FlowGraph *graph = consumptions > 1 ? unit.graphs().of(body) : nullptr;
  if (!graph)
    return;
  enum Phase : unsigned { Holds, UsedUp };
  const DeclRefExpr *second = nullptr;
  const Stmt *first = nullptr;
  const bool finished = walkPaths(
      *graph, effort, {Holds},
      [&](const FlowStep &step, PathFact &fact) {
        if (step.kind == FlowStep::Kind::ScopeEnd && step.variable == variable)
          fact = {Holds};
        if (step.kind != FlowStep::Kind::Statement)
          return Way::GoesOn;
        if (const auto *declaration = dyn_cast<DeclStmt>(step.statement); declaration && llvm::is_contained(declaration->decls(), variable))
          fact = {Holds};
        const auto *reference = dyn_cast<DeclRefExpr>(step.statement);
        if (!reference || reference->getDecl() != variable)
          return Way::GoesOn;
        switch (useOf(reference, body)) {
        case Use::Looks: return Way::GoesOn;
        case Use::Replaces: fact = {Holds}; return Way::GoesOn;
        case Use::UsesUp: break;
        }
        if (fact.phase == UsedUp) {
          if (!second || unit.ast().getSourceManager().isBeforeInTranslationUnit(reference->getBeginLoc(), second->getBeginLoc())) {
            second = reference;
            first = fact.since;
          }
          return Way::Ends;
        }
        fact = {UsedUp, reference};
        return Way::GoesOn;
      },
      [&](const FlowEdge &edge, PathFact &fact) {
        const bool asks = fact.phase == UsedUp && edge.condition &&
                          anyDescendant(edge.condition, [&](const Stmt *node) { return mentions(node, variable); });
        return asks ? Way::Ends : Way::GoesOn;
      });
  if (!finished || !second || (first == second && isLoopOfMacro(second, body)))
    return;
  const std::string name = variable->getNameAsString();
  FindingBuilder finding = report(&body, second->getSourceRange(), first == second ? message::loop(name) : message::again(name));
  if (first != second)
    finding.step(first->getBeginLoc(), message::firstHere());
}

} // namespace coroguard::rules
