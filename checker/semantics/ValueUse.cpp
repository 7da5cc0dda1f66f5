// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises conversions, comparisons, dereferences and prints of tasks.
#include "checker/semantics/ValueUse.h"

#include "checker/semantics/Names.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

bool isNull(const Expr *expr) {
  return expr->IgnoreParenImpCasts()->getType()->isNullPtrType() || isa<GNUNullExpr>(expr->IgnoreParenImpCasts());
}

/// A conversion that only turns one async object into another, or gives its handle, asks for no value.
bool asksForValue(QualType target, TaskTypes &types) {
  if (types.classifyOwned(target) || types.isAwaitable(target) || target->isPointerType())
    return false;
  const CXXRecordDecl *record = classOf(target);
  return nameOf(record) != "coroutine_handle";
}

/// `info("{}", task)`: the parameter belongs to a pack of values behind a format string. What takes its values by
/// const reference cannot consume a task; what has a format-string type says what it is.
bool isFormatted(const CallSite &call, unsigned position) {
  const FunctionTemplateDecl *pattern = call.callee ? call.callee->getPrimaryTemplate() : nullptr;
  if (!pattern || pattern->getTemplatedDecl()->getNumParams() == 0)
    return false;
  const FunctionDecl *written = pattern->getTemplatedDecl();
  const unsigned last = written->getNumParams() - 1;
  const QualType pack = written->getParamDecl(last)->getType();
  if (!isa<PackExpansionType>(pack) || position < last)
    return false;
  const QualType element = cast<PackExpansionType>(pack)->getPattern();
  const bool looksOnly = element->isLValueReferenceType() && element->getPointeeType().isConstQualified();
  auto hasPlaceholder = [](const Expr *argument) {
    const auto *literal = dyn_cast<StringLiteral>(argument->IgnoreParenImpCasts());
    return literal && literal->isOrdinary() && literal->getString().find_first_of("{%") != llvm::StringRef::npos;
  };
  for (unsigned i = 0; i < last; ++i) {
    const QualType format = call.callee->getParamDecl(i)->getType().getNonReferenceType();
    if (format->isPointerType() && format->getPointeeType()->isAnyCharacterType() &&
        (looksOnly || (i < call.arguments.size() && hasPlaceholder(call.arguments[i]))))
      return true;
    const CXXRecordDecl *record = classOf(format);
    if (!record || !record->getIdentifier())
      continue;
    if (record->getName().contains("format") || (record->getName().contains("string") && looksOnly))
      return true;
  }
  return false;
}

std::optional<ValueUse> inOperator(const CXXOperatorCallExpr *operation, const Expr *child) {
  const OverloadedOperatorKind kind = operation->getOperator();
  if (operation->isComparisonOp()) {
    if (llvm::any_of(operation->arguments(), isNull))
      return std::nullopt;
    return ValueUse{ValueUse::How::Compared, operation};
  }
  if ((kind == OO_Arrow || (kind == OO_Star && operation->getNumArgs() == 1)) && operation->getArg(0) == child)
    return ValueUse{ValueUse::How::Dereferenced, operation};
  // Only an operator<< that takes anything: one written for this very type means to print tasks.
  const FunctionDecl *callee = operation->getDirectCallee();
  if (kind == OO_LessLess && operation->getNumArgs() == 2 && operation->getArg(1) == child && callee &&
      callee->getPrimaryTemplate()) {
    const FunctionDecl *written = callee->getPrimaryTemplate()->getTemplatedDecl();
    const QualType last = written->getParamDecl(written->getNumParams() - 1)->getType().getNonReferenceType();
    if (last->isTemplateTypeParmType())
      return ValueUse{ValueUse::How::Printed, operation};
  }
  return std::nullopt;
}

/// `co_return task` where the promise takes what the task converts to.
std::optional<ValueUse> convertedOnReturn(const CoreturnStmt *result, const Expr *task, TaskTypes &types) {
  if (!result->getPromiseCall())
    return std::nullopt;
  std::optional<ValueUse> use;
  anyDescendant(result->getPromiseCall(), [&](const Stmt *node) {
    const auto *call = dyn_cast<CXXMemberCallExpr>(node);
    const auto *conversion = call ? dyn_cast_or_null<CXXConversionDecl>(call->getMethodDecl()) : nullptr;
    if (conversion && peel(call->getImplicitObjectArgument()) == peel(task) &&
        asksForValue(conversion->getConversionType(), types))
      use = ValueUse{ValueUse::How::Converted, call->getCallee()};
    return use.has_value();
  });
  return use;
}

} // namespace

bool isResultOf(const CXXConversionDecl *conversion, const AsyncType *type) {
  return type && type->convertsToResult && type->isEager() &&
         (conversion->getPrimaryTemplate() || !conversion->getConversionType()->isBooleanType());
}

std::optional<ValueUse> valueUseOf(const Expr *task, const Body &body, TaskTypes &types) {
  const AsyncType *type = types.classify(task->getType());
  if (!type || !(type->mustBeConsumed()) || (type->model && type->model->readyConversion))
    return std::nullopt;
  if (type->readsSynchronously && !body.isCoroutine())
    return std::nullopt; // the same for code that cannot await
  const Expr *child = task;
  for (const Stmt *parent = body.parentOf(task); parent; parent = body.parentOf(parent)) {
    if (const auto *result = dyn_cast<CoreturnStmt>(parent))
      return convertedOnReturn(result, task, types);
    const auto *expr = dyn_cast<Expr>(parent);
    if (!expr)
      return std::nullopt;
    if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(expr))
      return inOperator(operation, child);
    if (const auto *member = dyn_cast<MemberExpr>(expr)) {
      const auto *conversion = dyn_cast<CXXConversionDecl>(member->getMemberDecl());
      const QualType awaited = awaitResult(task->getType());
      if (!conversion || !asksForValue(conversion->getConversionType(), types) ||
          (!awaited.isNull() && awaited->isVoidType())) // it has no value one could mean
        return std::nullopt;
      if (isResultOf(conversion, type) && !body.isCoroutine())
        return std::nullopt; // how its library gives results to code that cannot await
      return ValueUse{ValueUse::How::Converted, expr};
    }
    if (std::optional<CallSite> call = CallSite::of(expr)) {
      if (isa<CXXConstructExpr>(expr))
        return std::nullopt;
      auto position = llvm::find(call->arguments, child);
      if (position != call->arguments.end() && isFormatted(*call, position - call->arguments.begin()))
        return ValueUse{ValueUse::How::Printed, expr};
      return std::nullopt;
    }
    if (!isa<ParenExpr, ImplicitCastExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr, ExplicitCastExpr>(expr))
      return std::nullopt;
    child = expr;
  }
  return std::nullopt;
}

} // namespace coroguard
