// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule awaiting-sync: awaits that never pause, and coroutines that only wrap blocking calls.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/awaiting-sync/Rule.gen.h"

namespace coroguard::rules {

class AwaitingSyncCheck : public RuleCheck {
public:
  AwaitingSyncCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void checkAwaits(const Body &body, Unit &unit);
  void checkBodies(Unit &unit);
  bool wrapsOnly(const Body &body, Unit &unit) const;

  awaiting_sync::Options options_;
};

} // namespace coroguard::rules
