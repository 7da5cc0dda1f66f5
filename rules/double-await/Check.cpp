// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each task variable along the paths from its first consumption.
#include "rules/double-await/Check.h"

#include "checker/flow/Storage.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Loops.h"
#include "checker/semantics/Names.h"

using namespace clang;

namespace coroguard::rules {

namespace message = double_await::message;

DoubleAwaitCheck::DoubleAwaitCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, double_await::info()), options_(double_await::Options::read(Options)) {}

void DoubleAwaitCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

/// Futures of the standard library need no coroutine.
bool DoubleAwaitCheck::mayFire(const UnitWords &words, bool async) const { return async || words.has("future"); }

namespace {

/// What one reference does to the task.
enum class Use : uint8_t { Looks, UsesUp, Replaces };

/// Is the expression the place: the variable itself, or a part of it, as `pair.left` and `*task` of `optional<Task>
/// task`?
bool isPart(const Stmt *parent, const Stmt *child) {
  if (const auto *member = dyn_cast<MemberExpr>(parent))
    return isa<FieldDecl>(member->getMemberDecl()) && !member->isArrow();
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(parent);
  const auto *call = dyn_cast<CXXMemberCallExpr>(parent);
  const Expr *owner = operation && operation->getOperator() == OO_Star ? operation->getArg(0) : nullptr;
  const CXXMethodDecl *method = call ? call->getMethodDecl() : nullptr;
  if (nameOf(method) == "value") owner = call->getImplicitObjectArgument();
  const CXXRecordDecl *record = owner ? classOf(owner->getType()) : nullptr;
  return record && record->isInStdNamespace() && record->getIdentifier() &&
         llvm::is_contained({"optional", "unique_ptr"}, record->getName()) && peel(owner) == peel(cast<Expr>(child));
}

/// The largest expression around a reference that names the variable or a part of it.
const Expr *placeAt(const DeclRefExpr *reference, const Body &body) {
  const Expr *place = reference;
  for (const Stmt *parent = body.parentOf(reference); parent; parent = body.parentOf(parent)) {
    if (isPart(parent, place))
      place = cast<Expr>(parent);
    else if (!isa<ParenExpr>(parent) && !(isa<ImplicitCastExpr>(parent) && cast<Expr>(parent)->isGLValue()) &&
             !(isa<MemberExpr>(parent) && isa<CXXMethodDecl>(cast<MemberExpr>(parent)->getMemberDecl())))
      break;
  }
  return place;
}

/// Which part of the variable: the fields on the way, and null where an owner is followed.
llvm::SmallVector<const Decl *, 3> partsOf(const Expr *place) {
  llvm::SmallVector<const Decl *, 3> parts;
  for (place = place->IgnoreParenImpCasts(); !isa<DeclRefExpr>(place);) {
    const auto *member = dyn_cast<MemberExpr>(place);
    const auto *call = dyn_cast<CXXMemberCallExpr>(place);
    parts.push_back(member ? member->getMemberDecl() : nullptr);
    place = (member ? member->getBase()
             : call ? call->getImplicitObjectArgument()
                    : cast<CXXOperatorCallExpr>(place)->getArg(0))
                ->IgnoreParenImpCasts();
  }
  return parts;
}

/// `do { … } while (false)` of an assertion macro, whose condition is not always seen to be false.
bool isLoopOfMacro(const Stmt *node, const Body &body) {
  for (const Stmt *parent = body.parentOf(node); parent; parent = body.parentOf(parent))
    if (isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt>(parent))
      return isa<DoStmt>(parent) && parent->getBeginLoc().isMacroID();
  return false;
}

/// `std::swap(task, next)`, `restart(task)`: it may hold another one afterwards.
bool mayBeFilledBy(const Expr *expr, const Expr *place) {
  const std::optional<CallSite> call = CallSite::of(expr);
  for (unsigned i = 0; call && i < call->arguments.size(); ++i) {
    const ParmVarDecl *parameter = call->parameter(i);
    if (parameter && peel(call->arguments[i]) == place->IgnoreParenImpCasts())
      return parameter->getType()->isLValueReferenceType() && !parameter->getType()->getPointeeType().isConstQualified();
  }
  return false;
}

/// Its `get()` takes the result out: a second one throws, or is undefined.
bool isStdFuture(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return nameOf(record) == "future" && record->isInStdNamespace();
}

Use useOf(const Expr *reference, const Body &body) {
  const Stmt *child = reference;
  bool moved = false;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    if (isa<ParenExpr, FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(parent)) continue;
    if (const auto *call = dyn_cast<CallExpr>(parent); call && call->getNumArgs() == 1 &&
                                                       !isa<CXXMemberCallExpr>(call) && peelMoves(call) != call &&
                                                       call->isXValue()) {
      moved = true;
      continue;
    }
    if (isa<CastExpr>(parent)) {
      if (cast<CastExpr>(parent)->getCastKind() == CK_ToVoid) return Use::Looks;
      moved |= isa<ExplicitCastExpr>(parent) && cast<Expr>(parent)->isXValue();
      continue;
    }
    if (const auto *await = dyn_cast<CoawaitExpr>(parent))
      return moved || !awaiterAnswersAgain(await) ? Use::UsesUp : Use::Looks;
    if (const auto *assignment = dyn_cast<CXXOperatorCallExpr>(parent);
        assignment && assignment->getOperator() == OO_Equal && peel(assignment->getArg(0)) == reference)
      return Use::Replaces;
    if (const auto *construct = dyn_cast<CXXConstructExpr>(parent);
        construct && construct->getConstructor()->isMoveConstructor())
      return Use::UsesUp;
    if (const auto *member = dyn_cast<MemberExpr>(parent)) {
      const auto *method = dyn_cast<CXXMethodDecl>(member->getMemberDecl());
      const bool asks = method && method->isConst();
      if (nameOf(method) == "get" && isStdFuture(reference->getType())) return Use::UsesUp;
      return moved && method && !asks && method->getRefQualifier() == RQ_RValue ? Use::UsesUp : Use::Looks;
    }
    if (isa<CallExpr, CXXConstructExpr>(parent))
      return moved ? Use::UsesUp : mayBeFilledBy(cast<Expr>(parent), reference) ? Use::Replaces : Use::Looks;
    return Use::Looks;
  }
  return Use::Looks;
}

/// What a reference does to a part of its variable; a use of the whole may do anything to it.
Use useOfPart(const DeclRefExpr *reference, llvm::ArrayRef<const Decl *> parts, const Body &body) {
  const Expr *place = placeAt(reference, body);
  const auto named = partsOf(place);
  if (llvm::ArrayRef(named) == parts) return useOf(place, body);
  // The parts are innermost first: a shorter list that ends the same names what this is a part of.
  const bool whole = named.size() < parts.size() && llvm::equal(named, parts.take_back(named.size()));
  const auto *member = dyn_cast_or_null<MemberExpr>(body.meaningfulParentOf(place));
  const auto *method = member ? dyn_cast<CXXMethodDecl>(member->getMemberDecl()) : nullptr;
  return whole && !(method && method->isConst()) ? Use::Replaces : Use::Looks;
}

/// `EXPECT(1, wait(std::move(task)))`, whose macro writes it twice: the second is for people, where the test has failed.
bool isSameArgument(const DeclRefExpr *one, const Stmt *other, const SourceManager &sources) {
  return one != other && sources.isMacroArgExpansion(one->getBeginLoc()) &&
         sources.getSpellingLoc(one->getBeginLoc()) == sources.getSpellingLoc(other->getBeginLoc());
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
        if (const auto *variable = dyn_cast<VarDecl>(decl)) checkVariable(body, variable, unit, effort);
  }
}

void DoubleAwaitCheck::checkVariable(const Body &body, const VarDecl *variable, Unit &unit, Effort &effort) {
  if (!variable->hasLocalStorage() || variable->getType()->isReferenceType() || !variable->getType()->isRecordType() ||
      !body.capturedBy(variable).empty())
    return;
  std::vector<Parts> seen;
  for (const DeclRefExpr *reference : body.references(variable)) {
    const Expr *place = placeAt(reference, body);
    const AsyncType *type = unit.types().classify(place->getType());
    const bool once = isStdFuture(place->getType()) || (type && type->isTask() && type->singleShot);
    if (!once || isExempt(options_.allowedTypes, unit.names().of(classOf(place->getType())))) continue;
    if (Parts parts = partsOf(place); !llvm::is_contained(seen, parts)) {
      seen.push_back(parts);
      checkPlace(body, variable, parts, unit, effort);
    }
  }
}

void DoubleAwaitCheck::checkPlace(const Body &body, const VarDecl *variable, const Parts &parts, Unit &unit,
                                  Effort &effort) {
  unsigned consumptions = 0;
  for (const DeclRefExpr *reference : body.references(variable)) {
    const bool again = useOfPart(reference, parts, body) == Use::UsesUp;
    consumptions += again;
    for (const Stmt *parent = body.parentOf(reference); again && parent; parent = body.parentOf(parent))
      consumptions += isa<ForStmt, WhileStmt, DoStmt, CXXForRangeStmt, LabelStmt>(parent);
  }
  enum Phase : unsigned { Holds, UsedUp };
  const FlowGraph *graph = consumptions > 1 ? unit.graphs().of(body) : nullptr;
  if (!graph) return;
  const DeclRefExpr *second = nullptr;
  const Stmt *first = nullptr;
  // Ways over a handler count only if nothing on them decides: the handler may have said that the task is gone.
  auto walk = [&](bool thrown) {
    return walkPaths(
        *graph, effort, {Holds},
        [&](const FlowStep &step, PathFact &fact) {
          if (step.kind == FlowStep::Kind::ScopeEnd && step.variable == variable) fact = {Holds};
          if (step.kind != FlowStep::Kind::Statement) return Way::GoesOn;
          if (const auto *declaration = dyn_cast<DeclStmt>(step.statement);
              declaration && llvm::is_contained(declaration->decls(), variable))
            fact = {Holds};
          const auto *reference = dyn_cast<DeclRefExpr>(step.statement);
          if (!reference || reference->getDecl() != variable) return Way::GoesOn;
          switch (useOfPart(reference, parts, body)) {
          case Use::Looks: return Way::GoesOn;
          case Use::Replaces: fact = {Holds}; return Way::GoesOn;
          case Use::UsesUp: break;
          }
          if (fact.phase == UsedUp) {
            const SourceManager &sources = unit.ast().getSourceManager();
            if (!isSameArgument(reference, fact.since, sources) && (!second || sources.isBeforeInTranslationUnit(reference->getBeginLoc(), second->getBeginLoc()))) {
              second = reference;
              first = fact.since;
            }
            return Way::Ends;
          }
          fact = {UsedUp, reference};
          return Way::GoesOn;
        },
        [&](const FlowEdge &edge, PathFact &fact) {
          // `if (co_await std::move(task) > 3)` uses it up, and asks its value and not the task.
          auto asks = [&](const Stmt *node) {
            const auto *reference = dyn_cast<DeclRefExpr>(node);
            return mentions(node, variable) && !(reference && useOfPart(reference, parts, body) == Use::UsesUp);
          };
          if (fact.phase != UsedUp || !edge.condition) return Way::GoesOn;
          return (thrown && !onlyCounts(edge.condition, body)) || anyDescendant(edge.condition, asks) ? Way::Ends : Way::GoesOn;
        },
        {.exceptions = thrown});
  };
  bool finished = walk(false);
  if (finished && !second) finished = walk(true);
  if (!finished || !second || (first == second && isLoopOfMacro(second, body))) return;
  const std::string name = parts.empty() ? variable->getNameAsString() : sourceText(placeAt(second, body), unit.ast());
  FindingBuilder finding = report(&body, second->getSourceRange(), first == second ? message::loop(name) : message::again(name));
  if (first != second) finding.step(first->getBeginLoc(), message::firstHere());
}

} // namespace coroguard::rules
