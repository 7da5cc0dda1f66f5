// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the conditions around a statement.
#include "checker/semantics/BranchedOff.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Names.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

llvm::StringRef calledBy(const Stmt *node) {
  const auto *call = dyn_cast_or_null<CallExpr>(node);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  return nameOf(callee);
}

bool isFork(const Expr *value) {
  const llvm::StringRef name = calledBy(value ? value->IgnoreParenImpCasts() : nullptr);
  return isOneOf(name, {"fork", "vfork", "clone", "clone3"});
}

/// `fork()`, or a variable that is given what it returns.
bool isForked(const Expr *value, const Body &body) {
  value = value->IgnoreParenImpCasts();
  if (const auto *assignment = dyn_cast<BinaryOperator>(value); assignment && assignment->getOpcode() == BO_Assign)
    return isFork(assignment->getRHS());
  const auto *named = dyn_cast<DeclRefExpr>(value);
  const auto *variable = named ? dyn_cast<VarDecl>(named->getDecl()) : nullptr;
  if (!variable)
    return isFork(value);
  return isFork(variable->getInit()) || llvm::any_of(body.references(variable), [&](const DeclRefExpr *reference) {
           const auto *assignment = dyn_cast_or_null<BinaryOperator>(body.meaningfulParentOf(reference));
           return assignment && assignment->getOpcode() == BO_Assign && isFork(assignment->getRHS());
         });
}

/// What the condition says of the child: true if it runs when the condition is true, false if when it is not.
std::optional<bool> childRunsIf(const Expr *condition, const Body &body) {
  condition = condition->IgnoreParenImpCasts();
  if (const auto *negation = dyn_cast<UnaryOperator>(condition); negation && negation->getOpcode() == UO_LNot) {
    const std::optional<bool> inner = childRunsIf(negation->getSubExpr(), body);
    return inner ? std::optional(!*inner) : std::nullopt;
  }
  const auto *comparison = dyn_cast<BinaryOperator>(condition);
  if (!comparison || comparison->getOpcode() == BO_Assign)
    return isForked(condition, body) ? std::optional(false) : std::nullopt; // `if (fork())`
  const auto *zero = dyn_cast<IntegerLiteral>(comparison->getRHS()->IgnoreParenImpCasts());
  if (!zero || zero->getValue() != 0 || !isForked(comparison->getLHS(), body))
    return std::nullopt;
  switch (comparison->getOpcode()) {
  case BO_EQ: return true;
  case BO_NE:
  case BO_GT: return false;
  default: return std::nullopt;
  }
}

/// `std::this_thread::get_id()`, not the `get_id()` of a session.
bool isOfThisThread(const CallExpr *call) {
  const auto *scope = dyn_cast<NamespaceDecl>(call->getDirectCallee()->getDeclContext());
  return scope && !scope->isAnonymousNamespace() && scope->getName() == "this_thread";
}

bool asksForThread(const Expr *condition, int depth = 2);

/// `bool running_in_this_thread() const { return get_id() == owner_; }`
bool answersWithThread(const CallExpr *call, int depth) {
  const FunctionDecl *callee = call->getDirectCallee();
  const FunctionDecl *definition = nullptr;
  if (depth == 0 || !callee || !callee->getReturnType()->isBooleanType() || !callee->hasBody(definition) || definition->hasSkippedBody())
    return false;
  const auto *block = dyn_cast<CompoundStmt>(definition->getBody());
  return block && block->size() <= 3 && llvm::any_of(block->body(), [&](const Stmt *node) {
           const auto *answer = dyn_cast<ReturnStmt>(node);
           return answer && answer->getRetValue() && asksForThread(answer->getRetValue(), depth - 1);
         });
}

/// `QThread::currentThread() == worker_`, `std::this_thread::get_id() != owner_`, or a function that answers so.
bool asksForThread(const Expr *condition, int depth) {
  return anyDescendant(condition, [&](const Stmt *node) {
    const auto *call = dyn_cast<CallExpr>(node);
    const llvm::StringRef name = calledBy(call);
    return (name == "get_id" && isOfThisThread(call)) || (call && answersWithThread(call, depth)) ||
           llvm::is_contained({"currentThread", "currentThreadId", "pthread_self", "gettid", "GetCurrentThreadId"}, name);
  });
}

/// The condition of a branch or loop, if `child` is what depends on it.
const Expr *conditionOf(const Stmt *parent, const Stmt *child) {
  if (const auto *branch = dyn_cast<IfStmt>(parent))
    return child == branch->getThen() || child == branch->getElse() ? branch->getCond() : nullptr;
  if (const auto *loop = dyn_cast<WhileStmt>(parent))
    return child == loop->getBody() ? loop->getCond() : nullptr;
  if (const auto *choice = dyn_cast<ConditionalOperator>(parent))
    return child != choice->getCond() ? choice->getCond() : nullptr;
  const auto *both = dyn_cast<BinaryOperator>(parent);
  return both && both->isLogicalOp() && child == both->getRHS() ? both->getLHS() : nullptr;
}

} // namespace

bool isBranchedOff(const Stmt *node, const Body &body) {
  const Stmt *child = node;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    const Expr *condition = conditionOf(parent, child);
    if (!condition)
      continue;
    const auto *branch = dyn_cast<IfStmt>(parent);
    const std::optional<bool> childRuns = branch ? childRunsIf(condition, body) : std::nullopt;
    if ((childRuns && *childRuns == (child == branch->getThen())) || asksForThread(condition))
      return true;
  }
  return false;
}

} // namespace coroguard
