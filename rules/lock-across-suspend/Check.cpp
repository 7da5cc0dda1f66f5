// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reports the suspensions that flow/HeldLocks finds under a lock.
#include "rules/lock-across-suspend/Check.h"

#include "checker/semantics/Exemptions.h"

using namespace clang;

namespace coroguard::rules {

namespace message = lock_across_suspend::message;

LockAcrossSuspendCheck::LockAcrossSuspendCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, lock_across_suspend::info()), options_(lock_across_suspend::Options::read(Options)) {}

void LockAcrossSuspendCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void LockAcrossSuspendCheck::checkUnit(Unit &unit) {
  HeldLocks locks(unit.ast(), unit.types(), unit.code(), unit.graphs());
  for (const Body &body : unit.bodies())
    for (const UnderLock &lock : locks.suspensions(body)) {
      if (isAllowed(lock, unit))
        continue;
      const std::string function = unit.names().forPeople(body.function);
      FindingBuilder finding = report(&body, lock.at->getSourceRange(),
                                      lock.guard ? message::guard(lock.name, function) : message::mutex(lock.name, function));
      finding.cure(unit.cures().text("mutex", body)).step(lock.taken->getBeginLoc(), message::takenHere());
      if (lock.inside)
        finding.step(lock.inside->getBeginLoc(), message::keptHere());
    }
}

bool LockAcrossSuspendCheck::isAllowed(const UnderLock &lock, Unit &unit) const {
  const CXXRecordDecl *record = lock.guard ? classOf(lock.guard->getType()) : nullptr;
  if (record && isExempt(options_.allowedTypes, unit.names().of(record)))
    return true;
  const std::optional<CallSite> call = CallSite::of(peelMoves(cast<CoroutineSuspendExpr>(lock.at)->getOperand()));
  return call && call->callee && isExempt(options_.allowedCallees, unit.names().of(call->callee));
}

} // namespace coroguard::rules
