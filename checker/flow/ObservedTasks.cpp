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
  const Expr *called = operation && operation->getOperator() == OO_Call ? peelMoves(operation->getArg(0)) : nullptr;
  const VarDecl *closure = called ? localOf(called) : nullptr;
  const auto *lambda = dyn_cast_or_null<LambdaExpr>(closure && closure->hasInit() ? peelMoves(closure->getInit()) : called);
  return lambda && llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
           return capture.capturesVariable() && capture.getCaptureKind() == LCK_ByRef && isNamedAfter(capture.getCapturedVar(), task, body);
         });
}

/// A result that somebody can look at: a number, or a value of the standard library, `std::optional<int>`.
static bool isResult(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return type->isScalarType() || (record && record->isInStdNamespace());
}

/// `auto held = work(done); event.set(); check(done);` with `bool &done`, also an element of what is checked.
static bool writesWhatItIsGiven(const CallExpr *call, const VarDecl *task, const Body &body) {
  const std::optional<CallSite> site = CallSite::of(call);
  for (unsigned i = 0; site && i < site->arguments.size(); ++i) {
    const ParmVarDecl *parameter = site->parameter(i);
    const QualType type = parameter ? parameter->getType() : QualType();
    if (type.isNull() || !type->isLValueReferenceType() || type.getNonReferenceType().isConstQualified() || !isResult(type.getNonReferenceType()))
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

/// Of the task made by `value`, or of the one in a local that `value` names: `start(std::move(work))`.
static bool isWatched(const Expr *value, const VarDecl *task, const Body &body, TaskTypes &types, unsigned depth = 0) {
  return anyDescendant(value, [&](const Stmt *node) {
    if (const auto *call = dyn_cast<CallExpr>(node))
      return writesWhatItCaptures(call, task, body) || writesWhatItIsGiven(call, task, body);
    const VarDecl *inner = isa<DeclRefExpr>(node) ? localOf(cast<Expr>(node)) : nullptr;
    return inner && depth < 2 && inner != task && inner->hasInit() && types.mustConsume(inner->getType()) && isWatched(inner->getInit(), task, body, types, depth + 1);
  });
}

bool isObservedOtherwise(const VarDecl *task, const Body &body, TaskTypes &types) {
  return (!body.isCoroutine() && task->hasInit() && isWatched(task->getInit(), task, body, types)) || tellsThroughPromise(task, body, types);
}

} // namespace coroguard
