// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects what is assigned to a variable.
#include "checker/semantics/LocalValues.h"

using namespace clang;

namespace coroguard {
namespace {

enum class Use : uint8_t { Reads, Writes, Lends };

/// What one reference does to its variable. `value` is set for plain assignments.
Use useOfReference(const DeclRefExpr *reference, const Body &body, const Expr *&value) {
  const Stmt *child = reference;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    if (isa<ParenExpr, FullExpr, MaterializeTemporaryExpr>(parent))
      continue;
    if (const auto *member = dyn_cast<MemberExpr>(parent)) {
      const auto *method = dyn_cast<CXXMethodDecl>(member->getMemberDecl());
      if (method)
        return method->isConst() ? Use::Reads : Use::Lends;
      continue;
    }
    if (isa<ArraySubscriptExpr>(parent))
      continue;
    if (const auto *cast = dyn_cast<CastExpr>(parent)) {
      if (cast->getCastKind() == CK_LValueToRValue || cast->getCastKind() == CK_ToVoid)
        return Use::Reads;
      if (cast->getCastKind() == CK_ArrayToPointerDecay)
        return Use::Lends;
      if (cast->getType().isConstQualified())
        return Use::Reads;
      continue;
    }
    if (const auto *operation = dyn_cast<BinaryOperator>(parent)) {
      if (!operation->isAssignmentOp() || operation->getLHS() != child)
        return Use::Reads;
      if (operation->getOpcode() == BO_Assign && isa<DeclRefExpr>(operation->getLHS()->IgnoreParens()))
        value = operation->getRHS();
      return Use::Writes;
    }
    if (const auto *operation = dyn_cast<UnaryOperator>(parent))
      return operation->isIncrementDecrementOp() ? Use::Writes
             : operation->getOpcode() == UO_AddrOf ? Use::Lends
                                                   : Use::Reads;
    return cast<Expr>(child)->getType().isConstQualified() || !cast<Expr>(child)->isLValue() ? Use::Reads : Use::Lends;
  }
  return Use::Reads;
}

} // namespace

const VarDecl *localOf(const Expr *expr) {
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(peelMoves(expr));
  const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
  return variable && variable->hasLocalStorage() && !isa<ParmVarDecl>(variable) ? variable : nullptr;
}

const Body *homeOf(const VarDecl *variable, const Body &body) {
  const DeclContext *function = variable->getParentFunctionOrMethod();
  for (const Body *at = &body; at; at = at->parent)
    if (function && function->getPrimaryContext() == at->function->getPrimaryContext())
      return at;
  return nullptr;
}

LocalValues valuesOf(const VarDecl *variable, const Body &body) {
  LocalValues values;
  const Body *home = homeOf(variable, body);
  if (!home || variable->getType()->isReferenceType()) {
    values.escapes = true;
    return values;
  }
  if (variable->hasInit())
    values.given.push_back(variable->getInit());
  for (const LambdaExpr *lambda : home->capturedBy(variable))
    for (const LambdaCapture &capture : lambda->captures())
      values.escapes |= capture.capturesVariable() && capture.getCapturedVar() == variable &&
                        capture.getCaptureKind() == LCK_ByRef && !variable->getType().isConstQualified();
  for (const DeclRefExpr *reference : home->references(variable)) {
    const Expr *value = nullptr;
    const Use use = useOfReference(reference, *home, value);
    if (value)
      values.given.push_back(value);
    else
      values.escapes |= use != Use::Reads && !variable->getType().isConstQualified();
  }
  return values;
}

const Expr *soleValueOf(const VarDecl *variable, const Body &body) {
  const LocalValues values = valuesOf(variable, body);
  return !values.escapes && values.given.size() == 1 ? values.given.front() : nullptr;
}

std::optional<int64_t> integerOf(const Expr *expr, const Body &body, const ASTContext &context) {
  if (!expr || expr->isValueDependent() || !expr->getType()->isIntegralOrEnumerationType())
    return std::nullopt;
  Expr::EvalResult result;
  if (expr->EvaluateAsInt(result, context))
    return result.Val.getInt().isRepresentableByInt64() ? std::optional(result.Val.getInt().getExtValue()) : std::nullopt;
  if (const VarDecl *variable = localOf(expr))
    if (const Expr *value = soleValueOf(variable, body); value && value->EvaluateAsInt(result, context))
      return result.Val.getInt().isRepresentableByInt64() ? std::optional(result.Val.getInt().getExtValue()) : std::nullopt;
  return std::nullopt;
}

} // namespace coroguard
