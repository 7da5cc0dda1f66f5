// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the return statements of the accessor.
#include "checker/flow/HandedOut.h"

#include "checker/flow/SharedState.h"
#include "checker/semantics/AwaiterProtocol.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

/// The field of `*this` that a returned expression names, or an element of it.
const FieldDecl *fieldIn(const Expr *returned) {
  const Expr *expr = returned->IgnoreParenImpCasts();
  if (const auto *subscript = dyn_cast<CXXOperatorCallExpr>(expr); subscript && subscript->getOperator() == OO_Subscript)
    expr = subscript->getArg(0)->IgnoreParenImpCasts();
  else if (const auto *call = dyn_cast<CXXMemberCallExpr>(expr)) {
    const CXXMethodDecl *method = call->getMethodDecl();
    const bool element = method && method->getIdentifier() && llvm::is_contained({"at", "front", "back"}, method->getName());
    if (!element)
      return nullptr;
    expr = call->getImplicitObjectArgument()->IgnoreParenImpCasts();
  }
  const auto *member = dyn_cast<MemberExpr>(expr);
  const bool own = member && isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts());
  const auto *field = own ? dyn_cast<FieldDecl>(member->getMemberDecl()) : nullptr;
  return field && !field->getType()->isReferenceType() && ownsElements(field->getType()) ? field->getCanonicalDecl() : nullptr;
}

/// `static const Entry none; return none;`
bool returnsStatic(const Expr *returned) {
  const auto *reference = dyn_cast<DeclRefExpr>(returned->IgnoreParenImpCasts());
  const auto *variable = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
  return variable && variable->hasGlobalStorage();
}

/// The member or global that an object is, or that points to it.
const ValueDecl *holderNamedBy(const Expr *object) {
  object = object ? object->IgnoreParenImpCasts() : nullptr;
  if (const auto *arrow = dyn_cast_or_null<CXXOperatorCallExpr>(object); arrow && arrow->getOperator() == OO_Arrow)
    object = arrow->getArg(0);
  return sharedNamedBy(object);
}

/// `files_->all`: an open field of an object that others have, too.
std::optional<HandedOut> openField(const Expr *expr) {
  const auto *member = dyn_cast_or_null<MemberExpr>(expr ? expr->IgnoreParenImpCasts() : nullptr);
  const auto *field = member && member->isArrow() ? dyn_cast<FieldDecl>(member->getMemberDecl()) : nullptr;
  const ValueDecl *holder = field && ownsElements(field->getType()) ? holderNamedBy(member->getBase()) : nullptr;
  return holder ? std::optional(HandedOut{holder, field->getCanonicalDecl(), nullptr}) : std::nullopt;
}

} // namespace

const ValueDecl *holderOf(const CXXMemberCallExpr *call) { return holderNamedBy(call->getImplicitObjectArgument()); }

std::optional<HandedOut> handedOutBy(const Expr *expr) {
  if (std::optional<HandedOut> open = openField(expr))
    return open;
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(expr ? expr->IgnoreParenImpCasts() : nullptr);
  const CXXMethodDecl *method = call && call->isLValue() ? call->getMethodDecl() : nullptr;
  const Stmt *body = method && !method->isVirtual() ? method->getBody() : nullptr;
  const ValueDecl *holder = body ? holderOf(call) : nullptr;
  if (!holder)
    return std::nullopt;
  HandedOut handed{holder, nullptr, method};
  bool other = false;
  anyDescendant(body, [&](const Stmt *node) {
    const auto *result = dyn_cast<ReturnStmt>(node);
    if (!result || !result->getRetValue() || returnsStatic(result->getRetValue()))
      return false;
    const FieldDecl *field = fieldIn(result->getRetValue());
    other |= !field || (handed.field && handed.field != field);
    handed.field = field;
    return other;
  });
  return handed.field && !other ? std::optional(handed) : std::nullopt;
}

bool hasUnseenChangers(const HandedOut &handed) {
  const auto *record = dyn_cast<CXXRecordDecl>(handed.field->getParent());
  return record && llvm::any_of(record->methods(), [](const CXXMethodDecl *method) {
    const bool special = isa<CXXConstructorDecl, CXXDestructorDecl>(method) || method->isCopyAssignmentOperator() || method->isMoveAssignmentOperator();
    return !special && method->isInstance() && !method->isConst() && !method->hasBody();
  });
}

} // namespace coroguard
