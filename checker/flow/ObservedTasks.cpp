// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checker/flow/ObservedTasks.h"

#include "checker/flow/Storage.h"
#include "checker/semantics/Callees.h"
#include "checker/semantics/LocalValues.h"

#include "clang/AST/ExprCXX.h"

using namespace clang;

namespace coroguard {

static bool isNamedAfter(const ValueDecl *local, const VarDecl *task, const Body &body) {
  const SourceManager &sources = task->getASTContext().getSourceManager();
  return llvm::any_of(body.references(local), [&](const DeclRefExpr *reference) {
    return sources.isBeforeInTranslationUnit(task->getEndLoc(), reference->getBeginLoc());
  });
}

/// `auto held = work(); event.set(); check(done);` with `work = [&] { …; done = true; }`.
static bool writesWhatItCaptures(const CallExpr *call, const VarDecl *task, const Body &body) {
  const auto *operation = dyn_cast<CXXOperatorCallExpr>(call);
  const VarDecl *closure = operation && operation->getOperator() == OO_Call ? localOf(peelMoves(operation->getArg(0))) : nullptr;
  const auto *lambda = closure && closure->hasInit() ? dyn_cast_or_null<LambdaExpr>(peelMoves(closure->getInit())) : nullptr;
  return lambda && llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
           return capture.capturesVariable() && capture.getCaptureKind() == LCK_ByRef && isNamedAfter(capture.getCapturedVar(), task, body);
         });
}

/// `auto held = work(done); event.set(); check(done);` with `bool &done`, also an element of what is checked.
static bool writesWhatItIsGiven(const CallExpr *call, const VarDecl *task, const Body &body) {
  const std::optional<CallSite> site = CallSite::of(call);
  for (unsigned i = 0; site && i < site->arguments.size(); ++i) {
    const ParmVarDecl *parameter = site->parameter(i);
    const QualType type = parameter ? parameter->getType() : QualType();
    if (type.isNull() || !type->isLValueReferenceType() || type.getNonReferenceType().isConstQualified() || !type.getNonReferenceType()->isScalarType())
      continue;
    const ValueDecl *local = rootOf(site->arguments[i], /*owned=*/true);
    if (local && isNamedAfter(local, task, body))
      return true;
  }
  return false;
}

/// `auto done = promise.get_future(); auto f = work().then([promise = std::move(promise)] { … }); return done;`: its end is
/// told through the promise that its continuation has.
static bool tellsThroughPromise(const VarDecl *variable, const Body &body, TaskTypes &types) {
  if (!variable->hasInit())
    return false;
  const auto givesTask = [&](const VarDecl *promise) {
    return llvm::any_of(body.references(promise), [&](const DeclRefExpr *reference) {
      const auto *member = dyn_cast_or_null<MemberExpr>(body.meaningfulParentOf(reference));
      const auto *call = member ? dyn_cast_or_null<CXXMemberCallExpr>(body.parentOf(member)) : nullptr;
      const AsyncType *given = call && !types.classify(promise->getType()) ? types.mustConsume(call->getType()) : nullptr;
      return given && given->isEager() && !body.isDiscarded(call);
    });
  };
  return anyDescendant(variable->getInit(), [&](const Stmt *node) {
    const auto *lambda = dyn_cast<LambdaExpr>(node);
    return lambda && llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
             const auto *captured = capture.capturesVariable() ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
             if (captured && captured->isInitCapture())
               captured = localOf(peelMoves(captured->getInit()));
             return captured && givesTask(captured);
           });
  });
}

bool isObservedOtherwise(const VarDecl *task, const Body &body, TaskTypes &types) {
  const bool watched = !body.isCoroutine() && task->hasInit() && anyDescendant(task->getInit(), [&](const Stmt *node) {
    const auto *call = dyn_cast<CallExpr>(node);
    return call && (writesWhatItCaptures(call, task, body) || writesWhatItIsGiven(call, task, body));
  });
  return watched || tellsThroughPromise(task, body, types);
}

} // namespace coroguard
