// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What says that there is something in shared storage, and what needs it to be there.
#include "checker/flow/Presence.h"

#include "checker/flow/SharedState.h"
#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

#include "llvm/ADT/FoldingSet.h"

using namespace clang;

namespace coroguard {
namespace {

bool calls(const Expr *tree, const ValueDecl *owner, llvm::StringRef method) {
  return anyDescendant(tree, [&](const Stmt *node) {
    const auto *call = dyn_cast<CXXMemberCallExpr>(node);
    return call && nameOf(call->getMethodDecl()) == method && sharedNamedBy(call->getImplicitObjectArgument()) == owner;
  });
}

/// `table.count(key)`, `table.find(key)`: the key; null for other calls.
const Expr *keyAsked(const Expr *expr, const ValueDecl *owner) {
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(expr ? peel(expr) : nullptr);
  const bool asks = call && call->getNumArgs() >= 1 && isOneOf(nameOf(call->getMethodDecl()), {"count", "contains", "find"}) &&
                    sharedNamedBy(call->getImplicitObjectArgument()) == owner;
  return asks ? call->getArg(0) : nullptr;
}

bool isSizeOf(const Expr *expr, const ValueDecl *owner) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(expr->IgnoreParenImpCasts());
  return call && nameOf(call->getMethodDecl()) == "size" && sharedNamedBy(call->getImplicitObjectArgument()) == owner;
}

/// `table.count(key) > 0`, `== 0`, `== 1`: what it says of there being one.
std::optional<bool> saysCounted(const BinaryOperator *comparison, bool truth, const ASTContext &context) {
  Expr::EvalResult value;
  if (comparison->getRHS()->isValueDependent() || !comparison->getRHS()->EvaluateAsInt(value, context))
    return std::nullopt;
  const int64_t limit = value.Val.getInt().getExtValue();
  switch (comparison->getOpcode()) {
  case BO_GT:
  case BO_NE: return limit == 0 ? std::optional(truth) : std::nullopt;
  case BO_EQ: return limit == 0 ? std::optional(!truth) : truth ? std::optional(true) : std::nullopt;
  case BO_GE: return limit == 1 ? std::optional(truth) : std::nullopt;
  default: return std::nullopt;
  }
}

} // namespace

const Expr *keyTested(const Stmt *test, const ValueDecl *owner) {
  const Expr *key = nullptr;
  anyDescendant(test, [&](const Stmt *node) {
    const auto *call = dyn_cast<CXXMemberCallExpr>(node);
    key = key ? key : keyAsked(call, owner);
    return key != nullptr;
  });
  return key;
}

bool sameKey(const Expr *a, const Expr *b, const ASTContext &context) {
  llvm::FoldingSetNodeID one, other;
  peel(a)->Profile(one, context, /*Canonical=*/true);
  peel(b)->Profile(other, context, /*Canonical=*/true);
  return one == other;
}

const Expr *valueOfFlag(const Expr *condition, const Body &body) {
  const VarDecl *flag = localOf(condition);
  return flag && flag->getType()->isBooleanType() ? soleValueOf(flag, body) : nullptr;
}

std::optional<bool> saysPresent(const Expr *condition, const ValueDecl *owner, bool truth, const Body &body, unsigned depth) {
  condition = condition->IgnoreParens();
  while (const auto *negation = dyn_cast<UnaryOperator>(condition->IgnoreParenImpCasts())) {
    if (negation->getOpcode() != UO_LNot) break;
    truth = !truth;
    condition = negation->getSubExpr()->IgnoreParens();
  }
  const Expr *bare = condition->IgnoreParenImpCasts();
  if (const Expr *value = valueOfFlag(bare, body))
    return depth < 3 ? saysPresent(value, owner, truth, body, depth + 1) : std::nullopt;
  if (sharedNamedBy(bare) == owner)
    return owner->getType()->isPointerType() ? std::optional(truth) : std::nullopt;
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(bare); call && sharedNamedBy(call->getImplicitObjectArgument()) == owner) {
    const llvm::StringRef name = nameOf(call->getMethodDecl());
    if (isa_and_nonnull<CXXConversionDecl>(call->getMethodDecl()) || isOneOf(name, {"has_value", "contains", "count"}))
      return truth;
    return name == "empty" ? std::optional(!truth) : std::nullopt;
  }
  const Expr *left = nullptr, *right = nullptr;
  bool equal = false, compares = false;
  if (const auto *binary = dyn_cast<BinaryOperator>(bare); binary && binary->isComparisonOp()) {
    left = binary->getLHS(), right = binary->getRHS(), equal = binary->getOpcode() == BO_EQ, compares = binary->isEqualityOp();
  } else if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(bare); operation && operation->isComparisonOp() && operation->getNumArgs() == 2) {
    left = operation->getArg(0), right = operation->getArg(1), equal = operation->getOperator() == OO_EqualEqual;
    compares = equal || operation->getOperator() == OO_ExclaimEqual;
  } else if (const auto *rewritten = dyn_cast<CXXRewrittenBinaryOperator>(bare)) {
    left = rewritten->getLHS(), right = rewritten->getRHS(), compares = true, equal = rewritten->getOperator() == BO_EQ;
  }
  if (!left) return std::nullopt;
  if (const auto *binary = dyn_cast<BinaryOperator>(bare); binary && calls(left, owner, "count"))
    return saysCounted(binary, truth, owner->getASTContext());
  if (const auto *binary = dyn_cast<BinaryOperator>(bare); binary && isSizeOf(left, owner)) // `queue_.size() == 0`
    if (std::optional<bool> counted = saysCounted(binary, truth, owner->getASTContext()))
      return counted;
  if (compares && ((sharedNamedBy(left) == owner && isEmptyValue(right)) || (sharedNamedBy(right) == owner && isEmptyValue(left)) ||
                   calls(bare, owner, "find")))
    return truth != equal;
  // `index < table.size()`; how much room there is beyond that says nothing.
  const bool sized = isSizeOf(left, owner) || isSizeOf(right, owner);
  return sized && !compares ? std::optional(true) : std::nullopt;
}

const Expr *keyNeeded(const Stmt *node, const ValueDecl *owner, const Body &body) {
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(node))
    return nameOf(call->getMethodDecl()) == "at" && call->getNumArgs() == 1 && sharedNamedBy(call->getImplicitObjectArgument()) == owner
               ? call->getArg(0) : nullptr;
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(node)) {
    if (operation->getOperator() != OO_Subscript || sharedNamedBy(operation->getArg(0)) != owner) return nullptr;
    const Stmt *parent = body.meaningfulParentOf(node);
    const auto *binary = dyn_cast_or_null<BinaryOperator>(parent);
    const auto *assignment = dyn_cast_or_null<CXXOperatorCallExpr>(parent);
    const bool written = (binary && binary->getOpcode() == BO_Assign && binary->getLHS()->IgnoreParens() == node) ||
                         (assignment && assignment->getOperator() == OO_Equal && assignment->getArg(0)->IgnoreParens() == node);
    return written ? nullptr : operation->getArg(1);
  }
  const auto *declaration = dyn_cast<DeclStmt>(node);
  const auto *variable = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
  const Expr *key = variable ? keyAsked(variable->getInit(), owner) : nullptr;
  if (!key || !calls(variable->getInit(), owner, "find")) return nullptr;
  const bool compared = llvm::any_of(body.references(variable), [&](const DeclRefExpr *reference) {
    const Stmt *parent = body.meaningfulParentOf(reference);
    const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(parent);
    return isa_and_nonnull<CXXRewrittenBinaryOperator, BinaryOperator, CallExpr>(parent) &&
           !(operation && (operation->getOperator() == OO_Arrow || operation->getOperator() == OO_Star));
  });
  return compared || body.references(variable).empty() ? nullptr : key;
}

bool reliesOn(const Stmt *node, const ValueDecl *owner) {
  if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(node)) {
    const OverloadedOperatorKind kind = operation->getOperator();
    const CXXRecordDecl *record = classOf(operation->getArg(0)->getType());
    const auto *found = dyn_cast<CXXMemberCallExpr>(operation->getArg(0)->IgnoreParenImpCasts()); // `table.find(key)->second`
    if (const auto *full = dyn_cast<MaterializeTemporaryExpr>(operation->getArg(0)->IgnoreParenImpCasts()))
      found = dyn_cast<CXXMemberCallExpr>(full->getSubExpr()->IgnoreParenImpCasts());
    if (found && (kind == OO_Arrow || kind == OO_Star) && isOneOf(nameOf(found->getMethodDecl()), {"find", "begin"}))
      return sharedNamedBy(found->getImplicitObjectArgument()) == owner;
    const bool inserts = nameOf(record).contains("map");
    return sharedNamedBy(operation->getArg(0)) == owner && (kind == OO_Arrow || (kind == OO_Star && operation->getNumArgs() == 1) ||
                                                            (kind == OO_Subscript && !inserts));
  }
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(node))
    return sharedNamedBy(call->getImplicitObjectArgument()) == owner &&
           isOneOf(nameOf(call->getMethodDecl()), {"front", "back", "top", "value", "pop", "pop_front", "pop_back"});
  if (const auto *dereference = dyn_cast<UnaryOperator>(node))
    return dereference->getOpcode() == UO_Deref && sharedNamedBy(dereference->getSubExpr()) == owner;
  const auto *member = dyn_cast<MemberExpr>(node);
  return member && member->isArrow() && sharedNamedBy(member->getBase()) == owner;
}

bool leadsTo(const Stmt *node, const ValueDecl *owner) {
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(node);
  return (isa<MemberExpr>(node) || (operation && operation->getOperator() == OO_Arrow)) && reliesOn(node, owner);
}

} // namespace coroguard
