// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Goes through a condition, and gives up at the first thing that is no state of the program.
#include "checker/semantics/PolledState.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

/// An argument that is the same each time.
bool isFixed(const Expr *argument) {
  return isa<CXXDefaultArgExpr>(argument) || !anyDescendant(argument, [](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    return isa<CXXThisExpr>(node) || (reference && isa<VarDecl, BindingDecl>(reference->getDecl()));
  });
}

/// A question whose answer can be seen to change nothing: it only takes a lock.
bool onlyAsks(const CXXMethodDecl *method) {
  const FunctionDecl *definition = method->getDefinition();
  const Stmt *code = definition && !definition->hasSkippedBody() ? definition->getBody() : nullptr;
  return code && method->getReturnType()->isBooleanType() && !anyDescendant(code, [](const Stmt *node) {
    const auto *unary = dyn_cast<UnaryOperator>(node);
    const auto *binary = dyn_cast<BinaryOperator>(node);
    const auto *call = dyn_cast<CallExpr>(node);
    const auto *asked = call ? dyn_cast_or_null<CXXMethodDecl>(call->getDirectCallee()) : nullptr;
    return (unary && unary->isIncrementDecrementOp()) || (binary && binary->isAssignmentOp()) ||
           (call && !(asked && asked->isConst()));
  });
}

} // namespace

const Expr *polledState(const Expr *condition) {
  condition = condition->IgnoreParenImpCasts();
  if (const auto *full = dyn_cast<ExprWithCleanups>(condition)) condition = full->getSubExpr()->IgnoreParenImpCasts();
  while (const auto *negation = dyn_cast<UnaryOperator>(condition)) {
    if (negation->getOpcode() != UO_LNot) break;
    condition = negation->getSubExpr()->IgnoreParenImpCasts();
  }
  bool reads = false;
  const bool other = anyDescendant(condition, [&](const Stmt *node) {
    const FunctionDecl *callee = nullptr;
    if (const auto *call = dyn_cast<CallExpr>(node)) {
      callee = call->getDirectCallee();
      const auto *method = dyn_cast_or_null<CXXMethodDecl>(callee);
      const auto *operation = dyn_cast<CXXOperatorCallExpr>(call);
      if (operation && operation->getOperator() == OO_Subscript) return false;
      const bool question =
          method && (method->isConst() || containsAny(nameOf(method), {"available", "ready"}) || onlyAsks(method)) &&
          (isa<CXXOperatorCallExpr>(call) || call->getNumArgs() == 0 ||
           llvm::all_of(call->arguments(), isFixed) ||
           nameOf(method) == "load");
      // `pool().empty()`: a function that names an object of the program.
      const bool names = callee && !method && !operation && call->getNumArgs() == 0 && callee->getReturnType()->isReferenceType();
      reads |= names;
      if (!question && !names && !(operation && operation->isComparisonOp())) return true;
      // What is outside the program has to be asked again; deadlines bound the loop.
      if (says::isAboutTheOutside(nameOf(callee)))
        return true;
    }
    if (const auto *reference = dyn_cast<DeclRefExpr>(node)) {
      const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
      reads |= variable && !variable->getType().isConstQualified();
      return says::isAboutTime(nameOf(reference->getDecl()));
    }
    reads |= isa<CXXThisExpr>(node);
    if (const auto *unary = dyn_cast<UnaryOperator>(node)) return unary->isIncrementDecrementOp();
    if (const auto *binary = dyn_cast<BinaryOperator>(node)) return binary->isAssignmentOp();
    return isa<CoroutineSuspendExpr, LambdaExpr, CXXNewExpr, AbstractConditionalOperator>(node);
  });
  return reads && !other ? condition : nullptr;
}

} // namespace coroguard
