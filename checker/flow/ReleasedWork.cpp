// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads it off the expression that is thrown away.
#include "checker/flow/ReleasedWork.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

/// Something that keeps an object, or work, as long as it lives: smart pointers, permits, what a gate gives.
static bool isKeeper(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return record && record->hasDefinition() && !record->isLambda() && !record->hasTrivialDestructor() &&
         (!operatorsOf(record, OO_Arrow).empty() || !methodsNamed(record, "release").empty() || !methodsNamed(record, "return_all").empty());
}

/// What a capture uses without owning it: `this`, or what a parameter by reference names; else empty.
static std::string lentBy(const LambdaCapture &capture) {
  if (capture.capturesThis())
    return capture.getCaptureKind() == LCK_StarThis ? "" : "this";
  const auto *parameter = capture.capturesVariable() && capture.getCaptureKind() == LCK_ByRef
                              ? dyn_cast<ParmVarDecl>(capture.getCapturedVar()) : nullptr;
  return parameter && parameter->getType()->isReferenceType() ? parameter->getNameAsString() : "";
}

/// `std::bind(&Session::close, this)`
static bool bindsThis(const Stmt *node) {
  const auto *call = dyn_cast<CallExpr>(node);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  return callee && callee->isInStdNamespace() && nameOf(callee).starts_with("bind") &&
         llvm::any_of(call->arguments(), [](const Expr *argument) { return isa<CXXThisExpr>(argument->IgnoreParenImpCasts()); });
}

/// Names a gate: who closes it waits.
static bool isOfGate(const Stmt *node) {
  const auto *expr = dyn_cast<Expr>(node);
  const CXXRecordDecl *record = expr ? classOf(expr->getType()) : nullptr;
  return says::isGate(nameOf(record));
}

/// `refresh()` of `refresh().handle_exception(…)`, if it is a member called on `this` that does not enter a gate itself.
static const Expr *beginsOnThis(const Expr *released) {
  const auto *link = dyn_cast_or_null<CXXMemberCallExpr>(peelMoves(released));
  const CXXMemberCallExpr *first = nullptr;
  while (const auto *before = link ? dyn_cast_or_null<CXXMemberCallExpr>(peelMoves(link->getImplicitObjectArgument())) : nullptr)
    link = first = before;
  const CXXMethodDecl *method = first ? first->getMethodDecl() : nullptr;
  if (!method || !isa<CXXThisExpr>(first->getImplicitObjectArgument()->IgnoreParenImpCasts()))
    return nullptr;
  const FunctionDecl *definition = method->getDefinition();
  const Stmt *code = definition ? definition->getBody() : nullptr;
  return code && anyDescendant(code, isOfGate) ? nullptr : first;
}

ReleasedWork releasedWork(const Expr *released, const Body &body) {
  ReleasedWork work;
  work.begins = beginsOnThis(released);
  anyDescendant(released, [&](const Stmt *node) {
    work.joined |= isOfGate(node);
    const auto *call = dyn_cast<CallExpr>(node);
    work.handled |= isa<CXXTryStmt>(node) || (call && says::handlesErrors(nameOf(call->getDirectCallee())));
    return false;
  });
  for (const Stmt *node : body.within(released)) {
    if (bindsThis(node) && !work.user) {
      work.user = cast<Expr>(node);
      work.used = "this";
    }
    const auto *lambda = dyn_cast<LambdaExpr>(node);
    if (!lambda)
      continue;
    for (const LambdaCapture &capture : lambda->captures()) {
      work.kept |= capture.capturesVariable() && capture.getCaptureKind() == LCK_ByCopy && isKeeper(capture.getCapturedVar()->getType());
      const std::string used = work.user ? "" : lentBy(capture);
      if (!used.empty()) {
        work.user = lambda;
        work.used = used;
      }
    }
  }
  return work;
}

} // namespace coroguard
