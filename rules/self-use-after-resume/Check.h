// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule self-use-after-resume: awaiters that touch themselves after their handle has left await_suspend.
#pragma once

#include "checker/flow/PathWalk.h"
#include "checker/framework/RuleCheck.h"
#include "rules/self-use-after-resume/Rule.gen.h"

namespace coroguard::rules {

class SelfUseAfterResumeCheck : public RuleCheck {
public:
  SelfUseAfterResumeCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;

private:
  void checkSuspend(const Body &body, const clang::ParmVarDecl *handle, Unit &unit);
};

} // namespace coroguard::rules
