// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule resume-under-lock: handles resumed and callbacks called with a lock held.
#pragma once

#include "checker/flow/HeldLocks.h"
#include "checker/framework/RuleCheck.h"
#include "rules/resume-under-lock/Rule.gen.h"

namespace coroguard::rules {

class ResumeUnderLockCheck : public RuleCheck {
public:
  ResumeUnderLockCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  bool mayFire(const UnitWords &words, bool async) const override;

private:
  using InsideCall = llvm::function_ref<const clang::Stmt *(const clang::Stmt *)>;
  void checkBody(const Body &body, HeldLocks &locks, InsideCall resumesInside, Unit &unit);
};

} // namespace coroguard::rules
