// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The mistakes of people who write their own coroutine types.
#include "rules/promise-protocol/Check.h"

#include "checker/flow/HandleEscape.h"
#include "checker/flow/PathWalk.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Names.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = promise_protocol::message;

PromiseProtocolCheck::PromiseProtocolCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, promise_protocol::info()), options_(promise_protocol::Options::read(Options)) {}

void PromiseProtocolCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void PromiseProtocolCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    checkSuspend(body, unit);
    checkEnd(body, unit);
  }
  for (const CXXRecordDecl *record : unit.code().records())
    checkTaskType(record, unit);
}

namespace {

bool isHandle(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return record && nameOf(record) == "coroutine_handle" && record->isInStdNamespace();
}

/// `waiter.resume()` or `waiter()` of a parameter.
const CallExpr *resumesParameter(const Stmt *node) {
  const auto *call = dyn_cast<CallExpr>(node);
  const std::optional<CallSite> site = call ? CallSite::of(call) : std::nullopt;
  if (!site || !site->object || !site->callee || !isHandle(site->object->getType())) return nullptr;
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(peel(site->object));
  const bool resumes = nameOf(site->callee) == "resume" || site->callee->getOverloadedOperator() == OO_Call;
  return resumes && reference && isa<ParmVarDecl>(reference->getDecl()) ? call : nullptr;
}

/// `return false;`, `return waiter;`: the coroutine goes on when this returns.
bool returnsControl(const Stmt *node) {
  const auto *result = dyn_cast<ReturnStmt>(node);
  if (const Expr *returned = result ? result->getRetValue() : nullptr; returned && isHandle(returned->getType())) {
    const auto *reference = dyn_cast_or_null<DeclRefExpr>(peelMoves(returned));
    return reference && isa<ParmVarDecl>(reference->getDecl());
  }
  const auto *value = result && result->getRetValue()
                          ? dyn_cast<CXXBoolLiteralExpr>(result->getRetValue()->IgnoreParenImpCasts())
                          : nullptr;
  return value && !value->getValue();
}

} // namespace

void PromiseProtocolCheck::checkSuspend(const Body &body, Unit &unit) {
  if (nameOf(body.function) != "await_suspend" ||
      !(body.function->getReturnType()->isBooleanType() || isHandle(body.function->getReturnType())) ||
      llvm::none_of(body.nodes, returnsControl) ||
      body.function->getNumParams() != 1)
    return;
  const FlowGraph *graph = unit.graphs().of(body);
  if (!graph) return;
  enum Phase : unsigned { Suspended, Posted, Resumed };
  const ParmVarDecl *handle = body.function->getParamDecl(0);
  Effort effort;
  walkPaths(
      *graph, effort, {Suspended},
      [&](const FlowStep &step, PathFact &fact) {
        if (step.kind != FlowStep::Kind::Statement) return Way::GoesOn;
        if (resumesParameter(step.statement))
          fact = {Resumed, step.statement};
        else if (fact.phase == Suspended && (handsOutHandle(step.statement, handle, body, unit) || postsHandle(step.statement, handle, unit)))
          fact = {Posted, step.statement};
        const bool again = fact.phase != Suspended && returnsControl(step.statement) && (fact.phase == Resumed || !body.function->getReturnType()->isBooleanType());
        if (again)
          report(&body, step.statement->getSourceRange(), fact.phase == Resumed ? message::resumed() : message::posted())
              .cure(isHandle(body.function->getReturnType()) ? message::returnNoop() : message::returnTrue())
              .step(fact.since->getBeginLoc(), fact.phase == Resumed ? message::resumedHere() : message::postedHere());
        return Way::GoesOn;
      },
      // Who decides after the handle is out may know who goes on.
      [&](const FlowEdge &edge, PathFact &fact) { return fact.phase == Posted && edge.condition ? Way::Ends : Way::GoesOn; });
}

void PromiseProtocolCheck::checkEnd(const Body &body, Unit &unit) {
  const CXXRecordDecl *promise = body.isCoroutine() ? classOf(body.coroutine->getPromiseDecl()->getType()) : nullptr;
  if (!promise || methodsNamed(promise, "return_value").empty() || !methodsNamed(promise, "return_void").empty())
    return;
  const FlowGraph *graph = unit.graphs().of(body);
  if (!graph) return;
  std::vector<char> seen(graph->blocks().size());
  std::vector<unsigned> pending{graph->entry()};
  bool flowsOff = false;
  while (!pending.empty() && !flowsOff) {
    const unsigned id = pending.back();
    pending.pop_back();
    if (std::exchange(seen[id], 1)) continue;
    const FlowBlock &block = graph->blocks()[id];
    const bool returns =
        llvm::any_of(block.steps, [](const FlowStep &step) { return isa_and_nonnull<CoreturnStmt>(step.statement); });
    // What throws before the co_return is done goes on in the handlers.
    for (const FlowStep &step : block.steps)
      if (graph->mayThrowAt(step))
        for (unsigned handler : graph->handlersOf(step.statement))
          if (handler != graph->exit()) pending.push_back(handler);
    if (returns || block.leavesByException) continue;
    for (const FlowEdge &edge : block.edges) {
      flowsOff |= edge.to == graph->exit();
      pending.push_back(edge.to);
    }
  }
  if (!flowsOff) return;
  report(&body, SourceRange(body.code->getEndLoc(), body.code->getEndLoc()), message::flowsOff(unit.names().forPeople(body.function))).cure(message::addReturn());
}

/// `task(const task &other) : handle_(other.handle_) {}`, which counts nothing.
static bool copiesTheHandle(const CXXConstructorDecl *constructor) {
  const FunctionDecl *definition = nullptr;
  if (!constructor->isCopyConstructor() || !constructor->isUserProvided() || !constructor->hasBody(definition))
    return false;
  const auto *code = dyn_cast_or_null<CompoundStmt>(definition->getBody());
  if (!code || !code->body_empty())
    return false;
  return llvm::any_of(cast<CXXConstructorDecl>(definition)->inits(), [](const CXXCtorInitializer *init) {
    const FieldDecl *field = init->getAnyMember();
    const auto *taken = field && isHandle(field->getType()) ? dyn_cast_or_null<MemberExpr>(peelMoves(init->getInit())) : nullptr;
    const auto *from = taken ? dyn_cast<DeclRefExpr>(taken->getBase()->IgnoreParenImpCasts()) : nullptr;
    return from && isa<ParmVarDecl>(from->getDecl()) && taken->getMemberDecl() == field;
  });
}

/// The language wants the whole of `co_await promise.final_suspend()` to be noexcept: what is thrown there has nowhere to go.
void PromiseProtocolCheck::checkFinalSuspend(const CXXRecordDecl *promise, Unit &unit) {
  for (const CXXMethodDecl *suspend : methodsNamed(promise, "final_suspend")) {
    const auto *type = suspend->getType()->getAs<FunctionProtoType>();
    const bool unknown = !type || isUnresolvedExceptionSpec(type->getExceptionSpecType()) || type->getExceptionSpecType() == EST_DependentNoexcept;
    if (unknown || type->canThrow() != CT_Can || suspend->isInvalidDecl())
      continue;
    const auto *written = cast<CXXMethodDecl>(suspend->getTemplateInstantiationPattern() ? suspend->getTemplateInstantiationPattern() : suspend);
    report(nullptr, SourceRange(written->getLocation(), written->getLocation()), message::finalSuspend(unit.names().forPeople(suspend)))
        .cure(message::addNoexcept());
  }
}

void PromiseProtocolCheck::checkTaskType(const CXXRecordDecl *record, Unit &unit) {
  const AsyncType *type = unit.types().classify(unit.ast().getCanonicalTagType(record));
  if (!type || !type->promise || type->record->getCanonicalDecl() != record->getCanonicalDecl() ||
      isExempt(options_.allowedTypes, unit.names().of(record)))
    return;
  checkFinalSuspend(type->promise, unit);
  const bool owns = llvm::any_of(record->fields(), [](const FieldDecl *field) { return isHandle(field->getType()); });
  const CXXDestructorDecl *destructor = record->getDestructor();
  if (!owns || !destructor || destructor->isImplicit()) return;
  const SourceLocation written = patternOf(record)->getLocation(); // an explicit instantiation stands elsewhere
  const SourceRange name(written, written);
  const bool copyable = (!record->hasUserDeclaredCopyConstructor() && !record->hasUserDeclaredMoveConstructor() &&
                         !record->hasUserDeclaredMoveAssignment()) ||
                        llvm::any_of(record->ctors(), copiesTheHandle);
  const FunctionDecl *definition = nullptr;
  if (const Stmt *code =
          destructor->hasBody(definition) && !definition->hasSkippedBody() ? definition->getBody() : nullptr;
      code && copyable)
    anyDescendant(code, [&](const Stmt *node) {
      const auto *call = dyn_cast<CXXMemberCallExpr>(node);
      if (!call || nameOf(call->getMethodDecl()) != "destroy") return false;
      report(nullptr, name, message::copyable(record->getNameAsString()))
          .cure(message::moveOnly())
          .severity(catalog::Severity::Error)
          .step(call->getBeginLoc(), message::destroyedHere());
      return true;
    });
  if (type->isLazy() && methodsNamed(type->promise, "yield_value").empty() && !record->hasAttr<WarnUnusedResultAttr>())
    report(nullptr, name, message::nodiscard(record->getNameAsString()))
        .cure(message::addNodiscard(record->getNameAsString()));
}

} // namespace coroguard::rules
