// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule resume-under-lock: handles resumed and callbacks called with a lock held.
#pragma once

#include "checker/flow/UnknownCode.h"
#include "checker/framework/RuleCheck.h"
#include "rules/resume-under-lock/Rule.gen.h"

namespace coroguard::rules {

class ResumeUnderLockCheck : public RuleCheck {
public:
  ResumeUnderLockCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  bool mayFire(const UnitWords &words, bool async) const override;

private:
  void reportRun(const ForeignRun &run, const UnderLock &lock, const Body &body, UnknownCode &code, Unit &unit);
};

} // namespace coroguard::rules
