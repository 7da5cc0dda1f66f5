// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule check-then-act: tests of shared state that a suspension separates from what relies on them.
#pragma once

#include "checker/flow/PathWalk.h"
#include "checker/flow/SharedState.h"
#include "checker/framework/RuleCheck.h"
#include "rules/check-then-act/Rule.gen.h"

namespace coroguard::rules {

class CheckThenActCheck : public RuleCheck {
public:
  CheckThenActCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;

private:
  void checkMarks(const Body &body, Unit &unit);
  void checkState(const Body &body, const clang::ValueDecl *owner, Effort &effort, Unit &unit);
};

} // namespace coroguard::rules
