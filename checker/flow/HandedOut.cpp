// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the return statements of the accessor.
#include "checker/flow/HandedOut.h"

#include "checker/flow/SharedState.h"
#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/Names.h"

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

/// `files_->all`, `settings_.names`
std::optional<HandedOut> openField(const Expr *expr) {
  const auto *member = dyn_cast_or_null<MemberExpr>(expr ? expr->IgnoreParenImpCasts() : nullptr);
  const auto *field = member ? dyn_cast<FieldDecl>(member->getMemberDecl()) : nullptr;
  const ValueDecl *holder = field && ownsElements(field->getType()) ? holderNamedBy(member->getBase()) : nullptr;
  return holder ? std::optional(HandedOut{holder, field->getCanonicalDecl(), field->getType()}) : std::nullopt;
}

/// What a local reference, pointer or iterator, or a name of a structured binding, is made of; null for others.
const Expr *madeOf(const ValueDecl *named) {
  if (const auto *binding = dyn_cast<BindingDecl>(named))
    named = binding->getDecomposedDecl();
  const auto *variable = dyn_cast_or_null<VarDecl>(named);
  const bool leads = variable && variable->hasLocalStorage() && !isa<ParmVarDecl>(variable) &&
                     (variable->getType()->isReferenceType() || pointsElsewhere(variable->getType()));
  return leads ? variable->getInit() : nullptr;
}

bool isOfPair(const FieldDecl *field) { return nameOf(dyn_cast<NamedDecl>(field->getParent())).contains("pair"); }

/// `rooms_[id]`, `rooms_.at(id)`, `*it`, `it->second`: the container, a member or global, in which `element` lies.
const ValueDecl *holderOfElement(const Expr *element) {
  bool inside = false;
  for (unsigned depth = 0; depth < 16 && (element = peel(element)); ++depth) {
    if (inside)
      if (const ValueDecl *holder = sharedNamedBy(element))
        return holder;
    if (const Expr *container = containerOf(element)) {
      if (inside)
        return nullptr; // an element of an element
      inside = true;
      element = container;
    } else if (const auto *reference = dyn_cast<DeclRefExpr>(element)) {
      element = madeOf(reference->getDecl());
    } else if (const auto *member = dyn_cast<MemberExpr>(element)) {
      const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl());
      element = field && isOfPair(field) ? member->getBase() : nullptr;
    } else if (const auto *unary = dyn_cast<UnaryOperator>(element)) {
      element = unary->getOpcode() == UO_Deref || unary->getOpcode() == UO_AddrOf ? unary->getSubExpr() : nullptr;
    } else if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(element)) {
      const bool leads = operation->getOperator() == OO_Star || operation->getOperator() == OO_Arrow;
      element = leads ? operation->getArg(0) : nullptr;
    } else {
      return nullptr;
    }
  }
  return nullptr;
}

bool isContainerOfElements(QualType type) {
  return ownsElements(type) && !methodsNamed(classOf(type), "begin").empty();
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
  HandedOut handed{holder, nullptr, {}};
  bool other = false;
  anyDescendant(body, [&](const Stmt *node) {
    const auto *result = dyn_cast<ReturnStmt>(node);
    if (!result || !result->getRetValue() || returnsStatic(result->getRetValue()))
      return false;
    const FieldDecl *field = fieldIn(result->getRetValue());
    other |= !field || (handed.field && handed.field != field);
    handed.field = field;
    handed.type = field ? field->getType() : QualType();
    return other;
  });
  return handed.field && !other ? std::optional(handed) : std::nullopt;
}

const Expr *containerOf(const Expr *value) {
  value = peel(value);
  if (const auto *unary = dyn_cast_or_null<UnaryOperator>(value); unary && unary->getOpcode() == UO_AddrOf)
    value = peel(unary->getSubExpr());
  const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(value);
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(value);
  const Expr *container = operation && operation->getOperator() == OO_Subscript ? operation->getArg(0)
                          : call && isOneOf(nameOf(call->getMethodDecl()),
                                            {"at", "front", "back", "begin", "end", "find", "lower_bound", "upper_bound", "emplace",
                                             "emplace_back", "try_emplace", "insert", "data"})
                              ? call->getImplicitObjectArgument()
                              : nullptr;
  return container && isContainerOfElements(container->getType()) ? container : nullptr;
}

std::optional<HandedOut> containerInside(const Expr *expr) {
  if (std::optional<HandedOut> open = openField(expr))
    return open;
  expr = expr ? peel(expr) : nullptr;
  if (!expr || !isContainerOfElements(expr->getType()))
    return std::nullopt;
  // `auto &members = rooms_[id].members;`
  for (unsigned depth = 0; depth < 4; ++depth) {
    const auto *reference = dyn_cast<DeclRefExpr>(expr);
    const Expr *init = reference && !isa<BindingDecl>(reference->getDecl()) ? madeOf(reference->getDecl()) : nullptr;
    if (!init)
      break;
    expr = peel(init);
  }
  const auto *member = dyn_cast<MemberExpr>(expr);
  const auto *field = member ? dyn_cast<FieldDecl>(member->getMemberDecl()) : nullptr;
  if (member && (!field || field->getType()->isReferenceType()))
    return std::nullopt;
  const bool ofElement = field && !isOfPair(field);
  const ValueDecl *holder = holderOfElement(ofElement ? member->getBase() : expr);
  if (!holder)
    return std::nullopt;
  return HandedOut{holder, ofElement ? field->getCanonicalDecl() : nullptr, expr->getType()};
}

bool hasUnseenChangers(const HandedOut &handed) {
  const auto *record = handed.field ? dyn_cast<CXXRecordDecl>(handed.field->getParent()) : nullptr;
  return record && llvm::any_of(record->methods(), [](const CXXMethodDecl *method) {
    const bool special = isa<CXXConstructorDecl, CXXDestructorDecl>(method) || method->isCopyAssignmentOperator() || method->isMoveAssignmentOperator();
    return !special && method->isInstance() && !method->isConst() && !method->hasBody();
  });
}

} // namespace coroguard
