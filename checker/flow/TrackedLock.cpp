// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at guards that reverse a lock, and at the conditions of branches.
#include "checker/flow/TrackedLock.h"

#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

bool isStdFunction(const CallExpr *call, llvm::StringRef name) {
  const FunctionDecl *callee = call->getDirectCallee();
  return callee && callee->isInStdNamespace() && !isa<CXXMethodDecl>(callee) && nameOf(callee) == name;
}

bool TrackedLock::isReversedBy(const VarDecl *variable) const {
  const auto *made = variable && isReverseGuard(variable->getType()) ? dyn_cast_or_null<CXXConstructExpr>(peel(variable->getInit())) : nullptr;
  const auto *taken = dyn_cast_or_null<CXXConstructExpr>(guard && guard->hasInit() ? peel(guard->getInit()) : nullptr);
  return made && llvm::any_of(made->arguments(), [&](const Expr *given) {
    const AccessPath what = AccessPath::of(given, *context);
    return what && (what == path || (taken && llvm::any_of(taken->arguments(), [&](const Expr *each) {
                                       return AccessPath::of(each, *context) == what;
                                     })));
  });
}

void TrackedLock::take(const FlowEdge &edge, const Body &body, PathFact &fact) const {
  if (!edge.condition)
    return;
  bool truth = edge.truth;
  const Expr *condition = edge.condition->IgnoreParenImpCasts();
  while (const auto *negation = dyn_cast<UnaryOperator>(condition)) {
    if (negation->getOpcode() != UO_LNot)
      return;
    truth = !truth;
    condition = negation->getSubExpr()->IgnoreParenImpCasts();
  }
  bool minusOne = false;
  if (const auto *comparison = dyn_cast<BinaryOperator>(condition); comparison && comparison->isEqualityOp()) {
    Expr::EvalResult value;
    if (comparison->getRHS()->isValueDependent() || !comparison->getRHS()->EvaluateAsInt(value, *context))
      return;
    minusOne = value.Val.getInt() == -1;
    const bool zero = value.Val.getInt() == 0;
    truth = truth == (comparison->getOpcode() == BO_EQ) ? !zero : zero;
    condition = comparison->getLHS()->IgnoreParenImpCasts();
  }
  condition = peel(condition);
  const auto *call = dyn_cast<CXXMemberCallExpr>(condition);
  const bool asks = call && guard && isIt(call->getImplicitObjectArgument()) &&
                    (isa_and_nonnull<CXXConversionDecl>(call->getMethodDecl()) ||
                     llvm::is_contained({"owns_lock", "has_value", "isLocked"}, nameOf(call->getMethodDecl())));
  if (fact.phase != Tried) {
    fact = asks && !truth ? PathFact{Free} : fact;
    return;
  }
  const VarDecl *variable = localOf(condition);
  const Expr *tried = variable ? soleValueOf(variable, body) : condition;
  const auto *function = dyn_cast<CallExpr>(fact.since);
  const Expr *object = nullptr;
  // pthread's say 0, and std's -1, if they locked.
  if (function && lockCall(function, object) == LockCall::Tries)
    truth = !truth;
  const bool decides = asks || (tried && fact.since == peel(tried) && minusOne == (function && isStdFunction(function, "try_lock")));
  if (decides)
    fact = truth ? PathFact{Held, fact.since, fact.cause} : PathFact{Free};
}

} // namespace coroguard
