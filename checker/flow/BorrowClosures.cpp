// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Closures of lambda coroutines, and who destroys them before the coroutine is done.
#include "checker/flow/Borrow.h"

#include "checker/flow/Closures.h"
#include "checker/semantics/LocalValues.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

using catalog::FunctionRole;
using What = DanglingBorrow::What;

bool isLambdaCall(const FunctionDecl *callee) {
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(callee);
  return method && method->getParent()->isLambda() && method->getOverloadedOperator() == OO_Call;
}

const LambdaExpr *lambdaOf(const Expr *expr, const Body &body) {
  const Expr *bare = peelMoves(expr);
  if (const auto *lambda = dyn_cast_or_null<LambdaExpr>(bare))
    return lambda;
  const VarDecl *variable = localOf(bare);
  const Body *home = variable ? homeOf(variable, body) : nullptr;
  const Expr *value = home == &body && variable->hasInit() ? peelMoves(variable->getInit()) : nullptr;
  if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(value); construct && construct->getNumArgs() >= 1)
    value = peelMoves(construct->getArg(0)); // std::function
  return dyn_cast_or_null<LambdaExpr>(value);
}

bool capturesLocalsByReference(const LambdaExpr *lambda) {
  return lambda && llvm::any_of(lambda->captures(), [](const LambdaCapture &capture) {
           return capture.capturesVariable() && capture.getCaptureKind() == LCK_ByRef;
         });
}

namespace {

llvm::StringRef nameOf(const NamedDecl *decl) {
  return decl && decl->getIdentifier() ? decl->getName() : llvm::StringRef();
}

/// What runs of it; an instantiation of a generic one.
const CXXMethodDecl *runCallOperator(const LambdaExpr *lambda) {
  const CXXMethodDecl *run = lambda->getCallOperator();
  if (const FunctionTemplateDecl *pattern = run->getDescribedFunctionTemplate())
    for (const FunctionDecl *instance : pattern->specializations())
      run = cast<CXXMethodDecl>(instance);
  return run;
}

/// `[task = make()] { co_await task; }`: the task in the closure has to live until the await is done.
std::optional<std::string> awaitedCapture(const Body &body, TaskTypes &types) {
  for (const CoawaitExpr *await : body.all<CoawaitExpr>()) {
    const auto *operand = dyn_cast<DeclRefExpr>(await->getOperand()->IgnoreParenImpCasts());
    const AsyncType *type = operand && operand->refersToEnclosingVariableOrCapture() ? types.classify(operand->getType()) : nullptr;
    for (const LambdaCapture &capture : body.lambda->captures())
      if (type && type->isTask() && type->singleShot && capture.capturesVariable() && capture.getCapturedVar() == operand->getDecl() &&
          capture.getCaptureKind() == LCK_ByCopy)
        return operand->getDecl()->getNameAsString();
  }
  return std::nullopt;
}

} // namespace

std::optional<std::string> Borrows::closureUse(const FunctionDecl *callOperator) {
  const Body *body = code_.bodyOf(callOperator ? callOperator->getDefinition() : nullptr);
  if (!body || !body->isCoroutine() || !body->lambda)
    return std::nullopt;
  if (callOperator->hasCXXExplicitFunctionObjectParameter() && !callOperator->getParamDecl(0)->getType()->isReferenceType())
    return std::nullopt; // `this auto`: the closure is in the frame
  std::string name;
  auto isUse = [&](const Stmt *node) {
    for (const LambdaCapture &capture : body->lambda->captures()) {
      const bool hit = capture.capturesThis() ? isa<CXXThisExpr>(node)
                                              : capture.capturesVariable() && mentions(node, capture.getCapturedVar());
      if (hit)
        name = capture.capturesThis() ? "this" : capture.getCapturedVar()->getNameAsString();
      if (hit)
        return true;
    }
    return false;
  };
  const std::optional<LateUse> used = lateUse(*body, isUse);
  if (!used)
    return awaitedCapture(*body, types_);
  isUse(used->use); // names the capture of this use
  return name;
}

/// A continuation runs once and is thrown away with its closure; a coroutine in it goes on.
void Borrows::lookAtContinuation(const Body &body, const CallExpr *call) {
  const auto *member = dyn_cast<CXXMemberCallExpr>(call);
  const llvm::StringRef name = member ? nameOf(member->getMethodDecl()) : "";
  if (!member || !types_.classify(member->getImplicitObjectArgument()->getType()) ||
      !llvm::is_contained({"then", "then_wrapped", "finally", "handle_exception", "handle_exception_type", "thenValue", "thenTry",
                           "then_unpack"}, name))
    return;
  for (const Expr *argument : member->arguments()) {
    const auto *lambda = dyn_cast_or_null<LambdaExpr>(peelMoves(argument));
    std::optional<std::string> use = lambda ? closureUse(runCallOperator(lambda)) : std::nullopt;
    if (!use)
      continue;
    DanglingBorrow borrow{What::Closure, &body, call, member->getMethodDecl(), lambda};
    borrow.storage.kind = Storage::Kind::Temporary;
    borrow.name = *use;
    borrow.type = types_.classify(call->getType());
    borrow.destination = {Destination::Kind::Detached, call};
    dangling_.push_back(std::move(borrow));
  }
}

/// `with_lock(mutex, [this]() -> task<> {…})`: a library that does not keep its callable until the coroutine in it is done.
void Borrows::lookAtLentClosure(const Body &body, const CallExpr *call) {
  const std::optional<CallSite> site = CallSite::of(call);
  const auto rows = site ? callees_.models(*site) : llvm::SmallVector<const catalog::FunctionModel *, 2>();
  const auto row = llvm::find_if(rows, [](const auto *each) { return each->lendsCallable || each->dropsCallable; });
  if (row == rows.end())
    return;
  for (const Expr *argument : site->arguments) {
    const auto *lambda = dyn_cast_or_null<LambdaExpr>(peelMoves(argument));
    const std::optional<std::string> use = lambda ? closureUse(runCallOperator(lambda)) : std::nullopt;
    if (!use)
      continue;
    DanglingBorrow borrow{What::Closure, &body, call, site->callee, lambda};
    borrow.storage.kind = Storage::Kind::Temporary;
    borrow.name = *use;
    borrow.type = types_.classify(call->getType());
    borrow.destination = {Destination::Kind::Detached, call};
    if ((*row)->dropsCallable)
      dangling_.push_back(std::move(borrow));
    else
      judge(std::move(borrow), journeys_.of(call, body));
  }
}

/// A fire-and-forget lambda given to something as a handler: it may be dropped while the coroutine is suspended.
void Borrows::lookAtHandler(const Body &body, const LambdaExpr *lambda) {
  const CXXMethodDecl *callOperator = lambda->getCallOperator();
  const AsyncType *type = types_.classify(callOperator->getReturnType());
  if (!type || type->kind != AsyncType::Kind::Detached)
    return;
  const Stmt *parent = body.meaningfulParentOf(lambda);
  const auto *construct = dyn_cast_or_null<CXXConstructExpr>(parent);
  if (construct) // of a std::function
    parent = body.meaningfulParentOf(parent);
  const auto *call = dyn_cast_or_null<CallExpr>(parent);
  std::optional<CallSite> site = call ? CallSite::of(call) : std::nullopt;
  if (!site || isLambdaCall(site->callee) || llvm::any_of(callees_.models(*site), [](const catalog::FunctionModel *row) {
        return row->keepsCallable;
      }))
    return;
  std::optional<std::string> use = closureUse(callOperator);
  if (!use)
    return;
  DanglingBorrow borrow{What::Closure, &body, call, site->callee, lambda};
  borrow.storage.kind = Storage::Kind::Temporary;
  borrow.name = *use;
  borrow.type = type;
  borrow.destination = {Destination::Kind::Stored, call};
  dangling_.push_back(std::move(borrow));
}

/// `co_spawn(context, [&local]() -> awaitable<void> {…}, detached)`: the closure is kept, the local is not.
void Borrows::lookAtSpawnedClosure(const Body &body, const CallExpr *call) {
  std::optional<CallSite> site = CallSite::of(call);
  const catalog::FunctionModel *spawner = site ? callees_.model(*site, FunctionRole::Spawner) : nullptr;
  if (!spawner || !spawner->keepsCallable)
    return;
  for (const Expr *argument : site->arguments) {
    const LambdaExpr *lambda = lambdaOf(argument, body);
    if (!lambda || !capturesLocalsByReference(lambda) || !closureUse(lambda->getCallOperator()))
      continue;
    for (const LambdaCapture &capture : lambda->captures()) {
      const auto *variable = capture.capturesVariable() && capture.getCaptureKind() == LCK_ByRef
                                 ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
      const Storage storage = variable ? storageOf(variable, body) : Storage();
      if (storage.kind != Storage::Kind::Local || lastsAnyway(variable->getType()))
        continue;
      DanglingBorrow borrow{What::Capture, &body, call, site->callee, lambda};
      borrow.storage = storage;
      borrow.name = variable->getNameAsString();
      llvm::SmallVector<Destination, 2> destinations;
      if (call->getType()->isVoidType() || body.isDiscarded(call))
        destinations.push_back({Destination::Kind::Detached, call});
      else
        destinations = journeys_.of(call, body);
      judge(borrow, destinations);
      break;
    }
  }
}

} // namespace coroguard
