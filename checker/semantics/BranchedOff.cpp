// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the conditions of the ifs around a statement.
#include "checker/semantics/BranchedOff.h"

#include "checker/semantics/Awaiting.h"

#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {
namespace {

llvm::StringRef calledBy(const Stmt *node) {
  const auto *call = dyn_cast_or_null<CallExpr>(node);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  return callee && callee->getIdentifier() ? callee->getName() : llvm::StringRef();
}

bool isFork(const Expr *value) {
  const llvm::StringRef name = calledBy(value ? value->IgnoreParenImpCasts() : nullptr);
  return name == "fork" || name == "vfork";
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

/// `QThread::currentThread() == worker_`, `std::this_thread::get_id() != owner_`
bool asksForThread(const Expr *condition) {
  return anyDescendant(condition, [](const Stmt *node) {
    return llvm::StringSwitch<bool>(calledBy(node))
        .Cases({"currentThread", "currentThreadId", "get_id", "pthread_self", "gettid", "GetCurrentThreadId"}, true)
        .Default(false);
  });
}

} // namespace

bool isBranchedOff(const Stmt *node, const Body &body) {
  const Stmt *child = node;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    const auto *branch = dyn_cast<IfStmt>(parent);
    if (!branch || (child != branch->getThen() && child != branch->getElse()))
      continue;
    const std::optional<bool> childRuns = childRunsIf(branch->getCond(), body);
    if ((childRuns && *childRuns == (child == branch->getThen())) || asksForThread(branch->getCond()))
      return true;
  }
  return false;
}

} // namespace coroguard
