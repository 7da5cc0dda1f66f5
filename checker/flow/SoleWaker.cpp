// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds what keeps the handle of a suspended coroutine, in the bodies of its awaiters.
#include "checker/flow/SoleWaker.h"

#include "checker/semantics/Names.h"
#include "checker/semantics/Suspension.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

/// `ch.read()`, `event`: the parameter that is awaited, or whose operation is.
const ParmVarDecl *awaitedParameter(const Expr *operand) {
  const Expr *value = peelMoves(operand);
  if (const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(value))
    value = call->getImplicitObjectArgument()->IgnoreParenImpCasts();
  const auto *named = dyn_cast_or_null<DeclRefExpr>(value);
  const auto *parameter = named ? dyn_cast<ParmVarDecl>(named->getDecl()) : nullptr;
  return parameter && parameter->getType()->isLValueReferenceType() ? parameter : nullptr;
}

/// `waiters.push_back(handle)` of a standard container, `channel.readers::push(this)` of the object itself.
bool isLeftWith(const CXXMemberCallExpr *call, const CXXRecordDecl *object) {
  const CXXMethodDecl *method = call->getMethodDecl();
  const CXXRecordDecl *owner = method ? method->getParent() : nullptr;
  if (!owner || method->isVirtual())
    return false;
  if (owner->isInStdNamespace())
    return isOneOf(nameOf(method), {"push_back", "push_front", "push", "emplace_back", "emplace", "insert"});
  const bool objects = owner->getCanonicalDecl() == object->getCanonicalDecl() ||
                       (object->hasDefinition() && object->isDerivedFrom(owner));
  return objects && !isa<CXXConversionDecl>(method);
}

/// Where the value of `use` goes: into a variable or field, or to whom it may be left.
bool staysHere(const Stmt *use, const Body &body, const CXXRecordDecl *object) {
  const Stmt *parent = body.meaningfulParentOf(use);
  if (const auto *member = dyn_cast_or_null<MemberExpr>(parent); member && nameOf(member->getMemberDecl()) == "address")
    return staysHere(body.meaningfulParentOf(member), body, object);
  while (isa_and_nonnull<CXXConstructExpr>(parent) || (isa_and_nonnull<UnaryOperator>(parent) && cast<UnaryOperator>(parent)->getOpcode() == UO_Deref))
    parent = body.meaningfulParentOf(parent);
  if (const auto *binary = dyn_cast_or_null<BinaryOperator>(parent))
    return binary->isAssignmentOp() || binary->isComparisonOp();
  if (const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(parent))
    return operation->getOperator() == OO_Equal;
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(parent);
  return call && isLeftWith(call, object);
}

/// Does `await_suspend` keep the handle in the awaiter, or leave it or the awaiter with the object?
bool keepsItsHandle(const Body &suspend, const CXXRecordDecl *object) {
  const FunctionDecl *function = suspend.function;
  if (function->getNumParams() != 1 || !suspend.capturedBy(function->getParamDecl(0)).empty())
    return false;
  const auto stays = [&](const Stmt *use) { return staysHere(use, suspend, object); };
  return llvm::all_of(suspend.references(function->getParamDecl(0)), stays) && llvm::all_of(suspend.all<CXXThisExpr>(), [&](const CXXThisExpr *self) {
           return isa_and_nonnull<MemberExpr>(suspend.meaningfulParentOf(self)) || stays(self);
         }) && suspend.all<LambdaExpr>().empty();
}

bool isWokenBy(const CoroutineSuspendExpr *await, const CXXRecordDecl *object, const CodeIndex &code) {
  const CXXRecordDecl *awaiter = classOf(await->getCommonExpr()->getType());
  const Methods suspends = awaiter ? methodsNamed(awaiter, "await_suspend") : Methods();
  if (suspends.size() != 1)
    return false;
  const Body *body = code.bodyOf(suspends.front()->getDefinition());
  return body && keepsItsHandle(*body, object);
}

} // namespace

const ParmVarDecl *soleWakerOf(const Body &coroutine, const CodeIndex &code, TaskTypes &types) {
  const ParmVarDecl *waker = nullptr;
  for (const CoroutineSuspendExpr *await : coroutine.all<CoroutineSuspendExpr>()) {
    if (suspendsAt(await, types) == Suspends::Never)
      continue;
    const ParmVarDecl *parameter = awaitedParameter(await->getOperand());
    const CXXRecordDecl *object = parameter ? classOf(parameter->getType()) : nullptr;
    if (!object || (waker && waker != parameter) || !isWokenBy(await, object, code))
      return nullptr;
    waker = parameter;
  }
  return waker;
}

} // namespace coroguard
