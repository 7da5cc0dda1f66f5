// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows such values along the paths over awaits that may hop threads.
#include "rules/thread-affinity/Check.h"

#include "checker/flow/Storage.h"

using namespace clang;

namespace coroguard::rules {

namespace message = thread_affinity::message;

ThreadAffinityCheck::ThreadAffinityCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, thread_affinity::info()) {}

namespace {

enum Phase : unsigned { Here, Elsewhere, Unset };
enum class Bound : uint8_t { No, Local, Identity, Scope };

bool isThreadLocal(const Storage &storage) {
  return storage.kind == Storage::Kind::Lasting && storage.variable && storage.variable->getTLSKind() != VarDecl::TLS_None;
}

/// Does a function of the unit return a reference or pointer to a thread-local?
bool givesThreadLocal(const FunctionDecl *function, Unit &unit) {
  const Body *body = unit.code().bodyOf(function ? function->getDefinition() : nullptr);
  if (!body || !(function->getReturnType()->isReferenceType() || function->getReturnType()->isPointerType()))
    return false;
  return llvm::any_of(body->all<ReturnStmt>(), [&](const ReturnStmt *result) {
    const Expr *value = result->getRetValue();
    return value && isThreadLocal(function->getReturnType()->isReferenceType() ? storageOf(value, *body) : pointeeOf(value, *body));
  });
}

/// Does the function change a thread-local, in its own code?
bool changesThreadLocal(const FunctionDecl *function) {
  const FunctionDecl *definition = function ? function->getDefinition() : nullptr;
  const Stmt *code = definition && !definition->hasSkippedBody() ? definition->getBody() : nullptr;
  auto isThreadLocalName = [](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
    return variable && variable->getTLSKind() != VarDecl::TLS_None;
  };
  return code && anyDescendant(code, [&](const Stmt *node) {
           const auto *unary = dyn_cast<UnaryOperator>(node);
           const auto *binary = dyn_cast<BinaryOperator>(node);
           const auto *call = dyn_cast<CXXMemberCallExpr>(node);
           const Expr *target = unary && unary->isIncrementDecrementOp()      ? unary->getSubExpr()
                                : binary && binary->isAssignmentOp()          ? binary->getLHS()
                                : call && !call->getMethodDecl()->isConst() ? call->getImplicitObjectArgument()
                                                                              : nullptr;
           return target && anyDescendant(target, isThreadLocalName);
         });
}

/// Sets something of the thread when it is made and puts it back when it dies.
bool isThreadScope(const VarDecl *variable) {
  const CXXRecordDecl *record = variable->getType()->getAsCXXRecordDecl();
  const auto *construct = dyn_cast_or_null<CXXConstructExpr>(peel(variable->getInit()));
  return record && record->hasDefinition() && !record->isInStdNamespace() && construct &&
         changesThreadLocal(construct->getConstructor()) && changesThreadLocal(record->getDestructor());
}

Bound boundTo(const VarDecl *variable, const Body &body, Unit &unit) {
  const QualType type = variable->getType();
  if (isThreadScope(variable))
    return Bound::Scope;
  const Expr *value = peel(variable->getInit());
  if (const auto *address = dyn_cast_or_null<UnaryOperator>(value); address && address->getOpcode() == UO_AddrOf)
    value = peel(address->getSubExpr());
  const auto *call = dyn_cast_or_null<CallExpr>(value);
  if (type->isReferenceType() || type->isPointerType()) {
    const Storage storage = type->isReferenceType() ? storageOf(variable, body) : pointeeOf(variable->getInit(), body);
    if (isThreadLocal(storage) || (call && givesThreadLocal(call->getDirectCallee(), unit)))
      return Bound::Local;
  }
  if (!call || !call->getDirectCallee())
    return Bound::No;
  const llvm::StringRef name = unit.names().of(call->getDirectCallee());
  const bool identity = name == "std::this_thread::get_id" || name == "pthread_self" || name == "gettid" || name == "GetCurrentThreadId";
  return identity ? Bound::Identity : Bound::No;
}

bool isErrno(const Stmt *node) {
  const auto *call = dyn_cast<CallExpr>(node);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  return callee && callee->getIdentifier() &&
         llvm::is_contained({"__errno_location", "__error", "_errno"}, callee->getName());
}

/// `before == now`, with two ids that were taken: the code wants to know whether it hopped.
bool isComparedWithAnother(const DeclRefExpr *id, const Body &body) {
  const Stmt *parent = id ? body.meaningfulParentOf(id) : nullptr;
  if (isa_and_nonnull<CXXConstructExpr>(parent)) // ids are compared by value
    parent = body.meaningfulParentOf(parent);
  const auto *binary = dyn_cast_or_null<BinaryOperator>(parent);
  const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(parent);
  const bool compares = (binary && binary->isEqualityOp()) || (operation && isOneOf(getOperatorSpelling(operation->getOperator()), {"==", "!="}));
  return compares && !anyDescendant(parent, [&](const Stmt *node) { return node != parent && isa<CallExpr>(node); });
}

/// The name that `node` gives a new value: `name = value`; null for others.
const DeclRefExpr *nameAssigned(const Stmt *node) {
  const auto *binary = dyn_cast<BinaryOperator>(node);
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(node);
  const Expr *target = binary && binary->getOpcode() == BO_Assign ? binary->getLHS()
                       : operation && operation->getOperator() == OO_Equal ? operation->getArg(0) : nullptr;
  return dyn_cast_or_null<DeclRefExpr>(target ? target->IgnoreParenImpCasts() : nullptr);
}

/// The thread-local that `node` gives a new value; null for others.
const VarDecl *threadLocalSetBy(const Stmt *node) {
  const DeclRefExpr *reference = nameAssigned(node);
  const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
  return variable && variable->getTLSKind() != VarDecl::TLS_None ? variable->getCanonicalDecl() : nullptr;
}

} // namespace

void ThreadAffinityCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    if (!body.isCoroutine() || llvm::none_of(body.nodes, [](const Stmt *node) { return isa<CoawaitExpr>(node); }))
      continue;
    for (const DeclStmt *declaration : body.all<DeclStmt>())
      for (const Decl *decl : declaration->decls())
        if (const auto *variable = dyn_cast<VarDecl>(decl); variable && variable->hasLocalStorage() && variable->hasInit())
          checkVariable(body, variable, unit);
    if (llvm::any_of(body.nodes, isErrno))
      checkErrno(body, unit);
    llvm::SmallSetVector<const VarDecl *, 2> set;
    for (const Stmt *node : body.nodes)
      if (const VarDecl *variable = threadLocalSetBy(node))
        set.insert(variable);
    for (const VarDecl *variable : set)
      checkSet(body, variable, unit);
  }
}

/// Awaits that are made to change threads; in the strict profile every one that may suspend.
bool ThreadAffinityCheck::mayHop(const FlowStep &step, const Body &body, Unit &unit) const {
  if (step.kind != FlowStep::Kind::Suspension || step.suspends == Suspends::Never || !isa<CoawaitExpr>(step.statement))
    return false;
  if (strict())
    return true;
  return unit.residence().mayChangeThread(cast<CoawaitExpr>(step.statement), body);
}

void ThreadAffinityCheck::checkVariable(const Body &body, const VarDecl *variable, Unit &unit) {
  const Bound bound = boundTo(variable, body, unit);
  const FlowGraph *graph = bound != Bound::No ? unit.graphs().of(body) : nullptr;
  if (!graph)
    return;
  auto assigned = [&](const Stmt *node) -> const DeclRefExpr * {
    const DeclRefExpr *reference = nameAssigned(node);
    return reference && reference->getDecl() == variable && !variable->getType()->isReferenceType() ? reference : nullptr;
  };
  const Stmt *use = nullptr, *hop = nullptr;
  Effort effort;
  const bool finished = walkPaths(*graph, effort, {Here}, [&](const FlowStep &step, PathFact &fact) {
    if (mayHop(step, body, unit) && fact.phase == Here && step.statement)
      fact = {Elsewhere, step.statement};
    if (bound == Bound::Scope) {
      if (step.kind == FlowStep::Kind::ScopeEnd && step.variable == variable && fact.phase == Elsewhere && !use)
        use = hop = fact.since;
      const auto *made = step.kind == FlowStep::Kind::Statement ? dyn_cast<DeclStmt>(step.statement) : nullptr;
      if (made && llvm::is_contained(made->decls(), variable))
        fact = {Here};
      return Way::GoesOn;
    }
    if (step.kind != FlowStep::Kind::Statement)
      return Way::GoesOn;
    const auto *declaration = dyn_cast<DeclStmt>(step.statement);
    if ((declaration && llvm::is_contained(declaration->decls(), variable)) || assigned(step.statement))
      fact = {Here};
    const auto *reference = dyn_cast<DeclRefExpr>(step.statement);
    if (fact.phase != Elsewhere || !mentions(step.statement, variable))
      return Way::GoesOn;
    if (const Stmt *parent = reference ? body.meaningfulParentOf(reference) : nullptr; parent && assigned(parent) == reference)
      return Way::GoesOn;
    const bool asks = step.statement->getBeginLoc().isMacroID() || (!strict() && isComparedWithAnother(reference, body));
    if (bound == Bound::Identity && asks)
      return Way::GoesOn; // whether the thread is still the same
    if (!use || unit.ast().getSourceManager().isBeforeInTranslationUnit(step.statement->getBeginLoc(), use->getBeginLoc())) {
      use = step.statement;
      hop = fact.since;
    }
    return Way::GoesOn;
  });
  if (!finished || !use)
    return;
  const std::string name = variable->getNameAsString();
  report(&body, use->getSourceRange(),
         bound == Bound::Scope   ? message::scope(name)
         : bound == Bound::Local ? message::local(name)
                                 : message::identity(name))
      .step(variable->getLocation(), message::obtainedHere())
      .step(hop->getBeginLoc(), message::hopHere());
}

/// `request = id; co_await pool.schedule(); log(request);`: what is read there is another thread's.
void ThreadAffinityCheck::checkSet(const Body &body, const VarDecl *variable, Unit &unit) {
  const FlowGraph *graph = unit.graphs().of(body);
  if (!graph)
    return;
  const Stmt *use = nullptr, *hop = nullptr, *set = nullptr;
  Effort effort;
  const bool finished = walkPaths(*graph, effort, {Unset}, [&](const FlowStep &step, PathFact &fact) {
    if (mayHop(step, body, unit) && fact.phase == Here)
      fact = {Elsewhere, step.statement, fact.since};
    if (step.kind != FlowStep::Kind::Statement)
      return Way::GoesOn;
    const auto *reference = dyn_cast<DeclRefExpr>(step.statement);
    const Stmt *parent = reference && mentions(reference, variable) ? body.meaningfulParentOf(reference) : nullptr;
    if (threadLocalSetBy(step.statement) == variable)
      fact = {Here, step.statement};
    else if (parent && fact.phase == Elsewhere && !use && threadLocalSetBy(parent) != variable)
      use = reference, hop = fact.since, set = fact.cause;
    return Way::GoesOn;
  });
  if (finished && use)
    report(&body, use->getSourceRange(), message::set(variable->getNameAsString()))
        .step(set->getBeginLoc(), message::setHere())
        .step(hop->getBeginLoc(), message::hopHere());
}

void ThreadAffinityCheck::checkErrno(const Body &body, Unit &unit) {
  const FlowGraph *graph = unit.graphs().of(body);
  if (!graph)
    return;
  const Stmt *use = nullptr, *hop = nullptr;
  Effort effort;
  const bool finished = walkPaths(*graph, effort, {Here}, [&](const FlowStep &step, PathFact &fact) {
    if (mayHop(step, body, unit))
      fact = {Elsewhere, step.statement};
    if (step.kind != FlowStep::Kind::Statement || !isa<CallExpr>(step.statement))
      return Way::GoesOn;
    if (!isErrno(step.statement))
      fact = {Here}; // it is about this call now
    else if (fact.phase == Elsewhere && !use)
      use = step.statement, hop = fact.since;
    return Way::GoesOn;
  });
  if (finished && use)
    report(&body, use->getSourceRange(), message::error()).step(hop->getBeginLoc(), message::hopHere());
}

} // namespace coroguard::rules
