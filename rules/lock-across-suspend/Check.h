// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule lock-across-suspend: blocking locks held at suspensions.
#pragma once

#include "checker/flow/HeldLocks.h"
#include "checker/framework/RuleCheck.h"
#include "rules/lock-across-suspend/Rule.gen.h"

namespace coroguard::rules {

class LockAcrossSuspendCheck : public RuleCheck {
public:
  LockAcrossSuspendCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  bool isAllowed(const UnderLock &lock, Unit &unit) const;

  lock_across_suspend::Options options_;
};

} // namespace coroguard::rules
