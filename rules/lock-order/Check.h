// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule lock-order: async mutexes that are taken twice, or in two orders.
#pragma once

#include "checker/flow/AwaitedLocks.h"
#include "checker/framework/RuleCheck.h"
#include "rules/lock-order/Rule.gen.h"

namespace coroguard::rules {

class LockOrderCheck : public RuleCheck {
public:
  LockOrderCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void reportSelf(const LockWait &wait, const Body &body, Unit &unit);
  bool isAllowed(const LockWait &wait, Unit &unit) const;

  lock_order::Options options_;
};

} // namespace coroguard::rules
