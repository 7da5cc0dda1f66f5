// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks for calls that run unknown code among what happens under a lock.
#include "rules/resume-under-lock/Check.h"

#include "checker/flow/LockTypes.h"
#include "checker/flow/Storage.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

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

bool holdsCode(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  const llvm::StringRef name = nameOf(record);
  return name == "function" || name == "move_only_function" || name == "Function" || name == "AnyInvocable";
}

/// A `std::function` that returns nothing, stored in a member or its elements, or taken out of one: somebody else's code.
const Expr *calledCallback(const Stmt *node, const Body &body) {
  const auto *call = dyn_cast<CXXOperatorCallExpr>(node);
  if (!call || call->getOperator() != OO_Call || !call->getType()->isVoidType() || !holdsCode(call->getArg(0)->getType()))
    return nullptr;
  const Expr *object = call->getArg(0)->IgnoreParenImpCasts();
  const auto *element = dyn_cast<DeclRefExpr>(object); // `for (auto &subscriber : subscribers_)`
  bool stored = isa<MemberExpr>(object) || (element && storageOf(element, body).kind == Storage::Kind::Member);
  if (const VarDecl *local = stored ? nullptr : localOf(object)) {
    // `auto next = std::move(queue_.front()); queue_.pop_front(); next();`
    const Expr *taken = soleValueOf(local, body);
    const auto *made = dyn_cast_or_null<CXXConstructExpr>(taken ? taken->IgnoreImplicit() : nullptr);
    const bool moved = made && made->getNumArgs() >= 1 && made->getConstructor()->isCopyOrMoveConstructor();
    stored = moved && storageOf(peelMoves(made->getArg(0)), body).kind == Storage::Kind::Member;
  }
  const auto *named = dyn_cast<MemberExpr>(object);
  return stored && !says::isLogger(nameOf(named ? named->getMemberDecl() : localOf(object))) ? object : nullptr;
}

/// What a helper of the unit resumes or calls back, directly.
const Stmt *resumesInside(const Stmt *node, Unit &unit) {
  const auto *call = dyn_cast<CallExpr>(node);
  const Body *body = call && !isa<CXXOperatorCallExpr>(call) ? unit.code().bodyOf(call->getDirectCallee()) : nullptr;
  if (!body || body->isCoroutine() || call->getDirectCallee()->getPrimaryTemplate())
    return nullptr;
  const bool unlocks = llvm::any_of(body->nodes, [](const Stmt *inner) {
    const auto *asked = dyn_cast<CXXMemberCallExpr>(inner);
    const CXXMethodDecl *method = asked ? asked->getMethodDecl() : nullptr;
    const auto *made = dyn_cast<CXXConstructExpr>(inner);
    return nameOf(method) == "unlock" || (made && isReverseGuard(made->getType()));
  });
  if (unlocks)
    return nullptr; // `notify(lock)`: first it lets go
  for (const Stmt *inner : body->nodes)
    if (resumedHandle(inner, unit) || calledCallback(inner, *body))
      return inner;
  return nullptr;
}

} // namespace

void ResumeUnderLockCheck::checkBody(const Body &body, HeldLocks &locks, Unit &unit) {
  auto runsUnknownCode = [&](const Stmt *node) {
    return resumedHandle(node, unit) || calledCallback(node, body) || resumesInside(node, unit);
  };
  for (const UnderLock &lock : locks.statements(body, runsUnknownCode)) {
    if (isRecursive(lock.guard, lock.taken))
      continue; // what runs on this thread may take it again
    const Expr *handle = resumedHandle(lock.at, unit);
    const Expr *callback = calledCallback(lock.at, body);
    const Stmt *inner = handle || callback ? nullptr : resumesInside(lock.at, unit);
    const bool resumes = inner && resumedHandle(inner, unit);
    const std::string subject = sourceText(handle ? cast<Expr>(lock.at) : callback ? callback : cast<CallExpr>(lock.at)->getCallee(), unit.ast());
    FindingBuilder finding = report(&body, lock.at->getSourceRange(),
                                    handle     ? message::resumed(subject, lock.name)
                                    : callback ? message::callback(subject, lock.name)
                               : resumes  ? message::helper(subject, lock.name)
                                          : message::helperCalls(subject, lock.name));
    finding.step(lock.taken->getBeginLoc(), message::takenHere());
    if (inner)
      finding.step(inner->getBeginLoc(), resumes ? message::resumedHere() : message::calledHere());
  }
}

} // namespace coroguard::rules
