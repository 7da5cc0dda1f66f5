// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at returns of tasks in functions that are no coroutines.
#include "rules/task-outlives-scope/Check.h"

#include "checker/flow/HeldLocks.h"
#include "checker/framework/BorrowSteps.h"

using namespace clang;

namespace coroguard::rules {

namespace message = task_outlives_scope::message;

TaskOutlivesScopeCheck::TaskOutlivesScopeCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, task_outlives_scope::info()) {}

void TaskOutlivesScopeCheck::checkUnit(Unit &unit) {
  for (const DanglingBorrow &borrow : unit.borrows().dangling()) {
    if (speakerOf(borrow) != BorrowSpeaker::TaskOutlivesScope)
      continue;
    FindingBuilder finding = report(borrow.body, borrow.destination.at->getSourceRange(), message::local(borrow.name));
    if (borrow.destination.holder)
      finding.step(borrow.call->getBeginLoc(), message::takenHere(borrow.name));
  }
  for (const Body &body : unit.bodies())
    if (!body.isCoroutine() && unit.types().classify(body.function->getReturnType()))
      for (const ReturnStmt *result : body.all<ReturnStmt>())
        checkReturn(body, result, unit);
}

namespace {

const CXXTryStmt *tryAround(const Stmt *node, const Body &body) {
  const Stmt *child = node;
  for (const Stmt *parent = body.parentOf(node); parent; child = parent, parent = body.parentOf(parent))
    if (const auto *block = dyn_cast<CXXTryStmt>(parent); block && block->getTryBlock() == child)
      return block;
  return nullptr;
}

/// `return make_exception_future(…)`: the handler is there for what the call itself throws.
bool turnsIntoTask(const CXXTryStmt *block, Unit &unit) {
  for (unsigned i = 0; i < block->getNumHandlers(); ++i) {
    const bool turns = anyDescendant(block->getHandler(i)->getHandlerBlock(), [&](const Stmt *node) {
      const auto *call = dyn_cast<CallExpr>(node);
      const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
      return callee && callee->getIdentifier() && callee->getName().contains("exception") && unit.types().classify(call->getType());
    });
    if (turns)
      return true;
  }
  return false;
}

/// `work().then(…).handle_exception(…)`: the chain sees to its exceptions itself.
bool handlesItself(const Expr *task) {
  for (const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(task); call;
       call = dyn_cast_or_null<CXXMemberCallExpr>(peelMoves(call->getImplicitObjectArgument()))) {
    const CXXMethodDecl *method = call->getMethodDecl();
    const llvm::StringRef name = method && method->getIdentifier() ? method->getName() : "";
    if (name.starts_with("handle_exception") || name == "then_wrapped" || name.starts_with("thenError") ||
        name.starts_with("thenTry") || name.starts_with("onError") || name.starts_with("upon_error") || name.starts_with("catch"))
      return true;
  }
  return false;
}

/// A lock whose only purpose is the returned call: nothing else happens under it.
const VarDecl *guardOfReturn(const ReturnStmt *result, const Body &body, Unit &unit) {
  const auto *block = dyn_cast_or_null<CompoundStmt>(body.parentOf(result));
  const Stmt *before = nullptr;
  if (block)
    for (const Stmt *each : block->body()) {
      if (each == result)
        break;
      before = each;
    }
  const auto *declaration = dyn_cast_or_null<DeclStmt>(before);
  const auto *variable = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
  return variable && isLockGuard(variable->getType(), unit.types()) ? variable : nullptr;
}

} // namespace

void TaskOutlivesScopeCheck::checkReturn(const Body &body, const ReturnStmt *result, Unit &unit) {
  const auto *call = dyn_cast_or_null<CallExpr>(peelMoves(result->getRetValue()));
  const AsyncType *type = call ? unit.types().classify(call->getType()) : nullptr;
  if (!type || !type->isTask() || !call->getDirectCallee())
    return;
  const FunctionDecl *callee = call->getDirectCallee();
  const std::string name = unit.names().forPeople(callee);
  // `auto initiate(Token token) { try { return start(token); } … }`: for most tokens it gives no task, and the handler is
  // there for what the call itself throws.
  const FunctionDecl *pattern = body.function->getTemplateInstantiationPattern();
  const bool generic = pattern && pattern->getReturnType()->getContainedAutoType();
  const CXXTryStmt *block = generic ? nullptr : tryAround(result, body);
  if (block && !handlesItself(call) && !turnsIntoTask(block, unit) && !unit.names().of(callee).contains("make_")) {
    report(&body, result->getSourceRange(), message::handler(name))
        .step(block->getHandler(0)->getBeginLoc(), message::handlerHere());
    return;
  }
  if (const VarDecl *guard = type->isLazy() ? guardOfReturn(result, body, unit) : nullptr)
    report(&body, result->getSourceRange(), message::guard(name, guard->getNameAsString()))
        .step(guard->getLocation(), message::guardHere());
}

} // namespace coroguard::rules
