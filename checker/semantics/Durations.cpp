// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates time spans with Clang's constant evaluator; what it cannot see is unknown.
#include "checker/semantics/Durations.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

#include "clang/AST/APValue.h"

using namespace clang;

namespace coroguard {
namespace {

/// -1, 0 or 1, of the first number inside a constant.
std::optional<int> signOf(const APValue &value) {
  if (value.isInt())
    return value.getInt().isZero() ? 0 : value.getInt().isNegative() ? -1 : 1;
  if (value.isFloat())
    return value.getFloat().isZero() ? 0 : value.getFloat().isNegative() ? -1 : 1;
  if (value.isStruct() && value.getStructNumFields() > 0)
    return signOf(value.getStructField(0));
  if (value.isStruct() && value.getStructNumBases() > 0)
    return signOf(value.getStructBase(0));
  return std::nullopt;
}

std::optional<int> constantSign(const Expr *expr, ASTContext &context) {
  if (!expr || expr->isValueDependent() || expr->isTypeDependent())
    return std::nullopt;
  Expr::EvalResult result;
  if (expr->isPRValue() && expr->EvaluateAsRValue(result, context, /*InConstantContext=*/true) && !result.HasSideEffects)
    return signOf(result.Val);
  if (const auto *reference = dyn_cast<DeclRefExpr>(expr->IgnoreParenImpCasts()))
    if (const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
        variable && variable->hasInit() && variable->getType().isConstQualified() && !variable->getInit()->isValueDependent())
      if (const APValue *value = variable->evaluateValue())
        return signOf(*value);
  return std::nullopt;
}

/// Of a duration or number, through construction and local variables that never change.
std::optional<int> spanSign(const Expr *expr, const Body &body, ASTContext &context, int depth = 0) {
  if (!expr || depth > 4)
    return std::nullopt;
  for (const Expr *form : {expr, peel(expr)})
    if (std::optional<int> sign = constantSign(form, context))
      return sign;
  const Expr *inner = peel(expr);
  if (const VarDecl *variable = localOf(inner))
    return spanSign(soleValueOf(variable, body), body, context, depth + 1);
  // A duration made out of another, or out of a number.
  if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(inner);
      construct && construct->getNumArgs() >= 1 && construct->getType()->isRecordType())
    return spanSign(construct->getArg(0), body, context, depth + 1);
  if (const auto *cast = dyn_cast_or_null<ExplicitCastExpr>(inner))
    return spanSign(cast->getSubExpr(), body, context, depth + 1);
  if (const auto *list = dyn_cast_or_null<InitListExpr>(inner); list && list->getNumInits() == 1)
    return spanSign(list->getInit(0), body, context, depth + 1);
  return std::nullopt;
}

/// The variable `&variable` points to.
const VarDecl *pointee(const Expr *expr) {
  const auto *address = dyn_cast_or_null<UnaryOperator>(expr ? expr->IgnoreParenCasts() : nullptr);
  if (!address || address->getOpcode() != UO_AddrOf)
    return nullptr;
  const auto *reference = dyn_cast<DeclRefExpr>(address->getSubExpr()->IgnoreParens());
  return reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
}

Truth isZeroList(const Expr *init, ASTContext &context) {
  const auto *list = dyn_cast_or_null<InitListExpr>(init ? init->IgnoreParenImpCasts() : nullptr);
  if (!list)
    return isa_and_nonnull<ImplicitValueInitExpr, CXXScalarValueInitExpr>(init) ? Truth::Yes : Truth::Unknown;
  Truth zero = Truth::Yes;
  for (const Expr *element : list->inits()) {
    if (isa<ImplicitValueInitExpr>(element))
      continue;
    const std::optional<int> sign = constantSign(element->IgnoreImpCasts(), context);
    if (sign && *sign != 0)
      return Truth::No;
    zero = sign ? zero : Truth::Unknown;
  }
  return zero;
}

/// `span.tv_sec = 1;`
Truth isZeroAfterAssignments(const VarDecl *variable, const Body &body, ASTContext &context, Truth zero) {
  for (const DeclRefExpr *reference : body.references(variable)) {
    const auto *member = dyn_cast_or_null<MemberExpr>(body.parentOf(reference));
    const auto *assignment = dyn_cast_or_null<BinaryOperator>(member ? body.parentOf(member) : nullptr);
    if (!assignment || !assignment->isAssignmentOp() || assignment->getLHS() != member)
      continue;
    const std::optional<int> sign = constantSign(assignment->getRHS()->IgnoreParenImpCasts(), context);
    if (!sign)
      zero = zero & Truth::Unknown;
    else if (*sign != 0)
      return Truth::No;
  }
  return zero;
}

Truth isZeroStruct(const VarDecl *variable, const Body &body, ASTContext &context) {
  const Body *home = variable->hasLocalStorage() ? homeOf(variable, body) : nullptr;
  if (!home && !variable->getType().isConstQualified())
    return Truth::Unknown;
  Truth zero = variable->hasInit() ? isZeroList(variable->getInit(), context) : Truth::Yes; // filled by assignments
  if (!home)
    return zero;
  const bool assigned = isZeroAfterAssignments(variable, *home, context, Truth::Yes) != Truth::Yes;
  if (!variable->hasInit() && !assigned && home->references(variable).size() < 2)
    return Truth::Unknown;
  return isZeroAfterAssignments(variable, *home, context, zero);
}

bool isNowCall(const Expr *expr) {
  const auto *call = dyn_cast_or_null<CallExpr>(peel(expr));
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  return nameOf(callee) == "now" && callee->getNumParams() == 0;
}

} // namespace

Truth isNullPointer(const Expr *expr, const Body &body, ASTContext &context) {
  if (!expr)
    return Truth::Yes; // not given
  if (const VarDecl *variable = localOf(expr); variable && variable->getType()->isPointerType())
    if (const Expr *value = soleValueOf(variable, body))
      expr = value;
  if (expr->isNullPointerConstant(context, Expr::NPC_ValueDependentIsNotNull))
    return Truth::Yes;
  const Expr *inner = expr->IgnoreParenCasts();
  const auto *address = dyn_cast<UnaryOperator>(inner);
  if ((address && address->getOpcode() == UO_AddrOf) || isa<StringLiteral, LambdaExpr, CXXNewExpr>(inner) ||
      !expr->getType()->isAnyPointerType())
    return Truth::No;
  return Truth::Unknown;
}

Truth isZeroSpan(const Expr *expr, const Body &body, ASTContext &context) {
  if (!expr)
    return Truth::Unknown;
  if (expr->getType()->isAnyPointerType()) {
    if (const VarDecl *variable = pointee(expr))
      return isZeroStruct(variable, body, context);
    return isNullPointer(expr, body, context) == Truth::Yes ? Truth::No : Truth::Unknown;
  }
  const std::optional<int> sign = spanSign(expr, body, context);
  if (!sign)
    return Truth::Unknown;
  return truthOf(*sign == 0 || (*sign < 0 && expr->getType()->isRecordType()));
}

Truth isTimeout(const Expr *expr, const Body &body, ASTContext &context) {
  return expr ? !isZeroSpan(expr, body, context) : Truth::Unknown;
}

Truth isFutureDeadline(const Expr *expr, const Body &body, ASTContext &context) {
  if (!expr)
    return Truth::Unknown;
  if (expr->getType()->isAnyPointerType() || expr->getType()->isIntegralOrEnumerationType())
    return isNullPointer(expr, body, context) == Truth::Yes ? Truth::Yes : Truth::Unknown;
  if (const VarDecl *variable = localOf(expr))
    if (const Expr *value = soleValueOf(variable, body))
      expr = value;
  if (isNowCall(expr))
    return Truth::No;
  const auto *sum = dyn_cast_or_null<CXXOperatorCallExpr>(peel(expr));
  if (sum && sum->getOperator() == OO_Plus && sum->getNumArgs() == 2)
    for (unsigned now : {0u, 1u})
      if (isNowCall(sum->getArg(now)))
        return !isZeroSpan(sum->getArg(1 - now), body, context);
  if (sum && sum->getOperator() == OO_Minus && sum->getNumArgs() == 2 && isNowCall(sum->getArg(0)))
    return Truth::No;
  return Truth::Unknown;
}

} // namespace coroguard
