// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Renames the callee and awaits the call, in parentheses where a postfix follows.
#include "checker/program/SiblingFix.h"

#include "checker/semantics/Awaiting.h"

#include "clang/Lex/Lexer.h"

using namespace clang;

namespace coroguard {
namespace {

SourceLocation nameOf(const Expr *call) {
  const auto *plain = dyn_cast<CallExpr>(call);
  if (!plain || isa<CXXOperatorCallExpr>(call))
    return {};
  const Expr *callee = plain->getCallee()->IgnoreParenImpCasts();
  if (const auto *member = dyn_cast<MemberExpr>(callee))
    return member->getMemberLoc();
  const auto *reference = dyn_cast<DeclRefExpr>(callee);
  return reference ? reference->getLocation() : SourceLocation();
}

bool isFollowedByPostfix(const Expr *call, const Body &body) {
  const Stmt *parent = body.meaningfulParentOf(call);
  if (const auto *other = dyn_cast_or_null<CXXOperatorCallExpr>(parent))
    return other->getOperator() == OO_Arrow || other->getOperator() == OO_Subscript || other->getOperator() == OO_Call;
  return isa_and_nonnull<MemberExpr, ArraySubscriptExpr>(parent);
}

} // namespace

std::vector<FixItHint> siblingFix(const LoopCall &call, const AsyncSibling &sibling, Unit &unit) {
  const Expr *expr = call.invocation->site.expr;
  if (!sibling.sameResult || call.body != call.where || !expr || call.invocation->node != expr ||
      !canAwaitHere(*call.body, expr, sibling.function->getReturnType(), unit.types()))
    return {};
  const SourceLocation name = nameOf(expr);
  if (name.isInvalid())
    return {};
  const bool wrap = isFollowedByPostfix(expr, *call.body);
  std::vector<FixItHint> edits;
  edits.push_back(FixItHint::CreateInsertion(expr->getBeginLoc(), wrap ? "(co_await " : "co_await "));
  edits.push_back(FixItHint::CreateReplacement(name, sibling.function->getName()));
  if (wrap)
    edits.push_back(FixItHint::CreateInsertion(
        Lexer::getLocForEndOfToken(expr->getEndLoc(), 0, unit.ast().getSourceManager(), unit.ast().getLangOpts()), ")"));
  return edits;
}

} // namespace coroguard
