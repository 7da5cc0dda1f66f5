// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks for calls that run unknown code among what happens under a lock.
#include "rules/resume-under-lock/Check.h"

#include "checker/flow/LockTypes.h"
#include "checker/semantics/Awaiting.h"

using namespace clang;

namespace coroguard::rules {

namespace message = resume_under_lock::message;

ResumeUnderLockCheck::ResumeUnderLockCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, resume_under_lock::info()) {}

/// Callbacks under a lock need no coroutine.
bool ResumeUnderLockCheck::mayFire(const UnitWords &words, bool async) const {
  return async || (words.hasPart("lock") && words.hasAny({"function", "move_only_function", "anyinvocable"}));
}

/// A mutex on the stack: nobody but the function that made it can want it.
static bool isOwnMutex(const UnderLock &lock, Unit &unit) {
  const Expr *made = lock.guard ? lock.guard->getInit() : nullptr;
  return anyDescendant(made ? made : lock.taken, [&](const Stmt *node) {
    const auto *named = dyn_cast<DeclRefExpr>(node);
    const auto *variable = named ? dyn_cast<VarDecl>(named->getDecl()) : nullptr;
    return variable && variable->hasLocalStorage() && !isa<ParmVarDecl>(variable) && !variable->getType()->isReferenceType() &&
           isBlockingMutex(variable->getType(), unit.types());
  });
}

void ResumeUnderLockCheck::checkUnit(Unit &unit) {
  HeldLocks locks(unit.ast(), unit.types(), unit.code(), unit.graphs());
  UnknownCode code(unit);
  for (const Body &body : unit.bodies())
    for (const UnderLock &lock : locks.statements(body, [&](const Stmt *node) { return code.at(node, body).has_value(); }))
      if (!isRecursive(lock.guard, lock.taken) && !isOwnMutex(lock, unit)) // what runs on this thread may take it again, or cannot know it
        reportRun(*code.at(lock.at, body), lock, body, code, unit);
}

void ResumeUnderLockCheck::reportRun(const ForeignRun &run, const UnderLock &lock, const Body &body, UnknownCode &code, Unit &unit) {
  using Kind = ForeignRun::Kind;
  const Stmt *inside = run.kind == Kind::Handler ? code.harmOf(run.subject, lock, body) : run.inside;
  if (run.kind == Kind::Handler && !inside)
    return;
  const bool named = run.kind == Kind::Waiters || run.kind == Kind::Handler;
  const std::string subject = named ? unit.callees().nameForPeople(cast<Expr>(lock.at)) : sourceText(run.subject, unit.ast());
  auto text = [&] {
    switch (run.kind) {
    case Kind::Handle: return message::resumed(subject, lock.name);
    case Kind::Callback: return message::callback(subject, lock.name);
    case Kind::Waiters: return message::waiters(subject, lock.name);
    case Kind::Handler: return message::dispatched(subject, lock.name);
    case Kind::Helper: return run.calls ? message::helperCalls(subject, lock.name) : message::helper(subject, lock.name);
    }
    llvm_unreachable("all kinds are named");
  };
  FindingBuilder finding = report(&body, lock.at->getSourceRange(), text());
  finding.step(lock.taken->getBeginLoc(), message::takenHere());
  if (inside && inside != run.subject)
    finding.step(inside->getBeginLoc(), run.kind == Kind::Handler ? message::runHere()
                                        : run.calls               ? message::calledHere()
                                                                  : message::resumedHere());
}

} // namespace coroguard::rules
