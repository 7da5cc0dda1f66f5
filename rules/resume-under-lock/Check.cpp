// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks for calls that run unknown code among what happens under a lock.
#include "rules/resume-under-lock/Check.h"

#include "checker/flow/Storage.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Names.h"

using namespace clang;

namespace coroguard::rules {

namespace message = resume_under_lock::message;

ResumeUnderLockCheck::ResumeUnderLockCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, resume_under_lock::info()) {}

/// Callbacks under a lock need no coroutine.
bool ResumeUnderLockCheck::mayFire(const UnitWords &words, bool async) const {
  return async || (words.hasPart("lock") && words.hasAny({"function", "move_only_function", "anyinvocable"}));
}

void ResumeUnderLockCheck::checkUnit(Unit &unit) {
  HeldLocks locks(unit.ast(), unit.types(), unit.code(), unit.graphs());
  for (const Body &body : unit.bodies())
    checkBody(body, locks, unit);
}

namespace {

const Expr *resumedHandle(const Stmt *node, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(node);
  if (!call || !call->object || !call->callee)
    return nullptr;
  const llvm::StringRef name = unit.names().of(call->callee);
  const bool resumes = name == "std::coroutine_handle::resume" || name == "std::coroutine_handle::operator()";
  return resumes ? call->object : nullptr;
}

/// A `std::function` that returns nothing, stored in a member or its elements: somebody else's code.
const Expr *calledCallback(const Stmt *node, const Body &body) {
  const auto *call = dyn_cast<CXXOperatorCallExpr>(node);
  if (!call || call->getOperator() != OO_Call || !call->getType()->isVoidType())
    return nullptr;
  const auto *member = dyn_cast<MemberExpr>(call->getArg(0)->IgnoreParenImpCasts());
  const CXXRecordDecl *record = classOf(call->getArg(0)->getType());
  const llvm::StringRef name = nameOf(record);
  const bool holdsCode = name == "function" || name == "move_only_function" || name == "Function" || name == "AnyInvocable";
  if (!holdsCode)
    return nullptr;
  const Expr *object = call->getArg(0)->IgnoreParenImpCasts();
  const auto *element = dyn_cast<DeclRefExpr>(object); // `for (auto &subscriber : subscribers_)`
  const bool stored = member || (element && storageOf(element, body).kind == Storage::Kind::Member);
  return stored ? object : nullptr;
}

/// A helper of the unit that resumes a handle, directly.
const Stmt *resumesInside(const Stmt *node, Unit &unit) {
  const auto *call = dyn_cast<CallExpr>(node);
  const Body *body = call && !isa<CXXOperatorCallExpr>(call) ? unit.code().bodyOf(call->getDirectCallee()) : nullptr;
  if (!body || body->isCoroutine() || call->getDirectCallee()->isTemplateInstantiation())
    return nullptr;
  for (const Stmt *inner : body->nodes)
    if (resumedHandle(inner, unit))
      return inner;
  return nullptr;
}

} // namespace

void ResumeUnderLockCheck::checkBody(const Body &body, HeldLocks &locks, Unit &unit) {
  auto runsUnknownCode = [&](const Stmt *node) {
    return resumedHandle(node, unit) || calledCallback(node, body) || resumesInside(node, unit);
  };
  for (const UnderLock &lock : locks.statements(body, runsUnknownCode)) {
    const Expr *handle = resumedHandle(lock.at, unit);
    const Expr *callback = calledCallback(lock.at, body);
    const std::string subject = sourceText(handle ? cast<Expr>(lock.at) : callback ? callback : cast<CallExpr>(lock.at)->getCallee(), unit.ast());
    FindingBuilder finding = report(&body, lock.at->getSourceRange(),
                                    handle     ? message::resumed(subject, lock.name)
                                    : callback ? message::callback(subject, lock.name)
                                               : message::helper(subject, lock.name));
    finding.step(lock.taken->getBeginLoc(), message::takenHere());
    if (const Stmt *inner = handle || callback ? nullptr : resumesInside(lock.at, unit))
      finding.step(inner->getBeginLoc(), message::resumedHere());
  }
}

} // namespace coroguard::rules
