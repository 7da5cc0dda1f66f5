// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule loop-without-suspension: loops of coroutines that may turn for long without giving way to the event loop.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/loop-without-suspension/Rule.gen.h"

namespace coroguard::rules {

class LoopWithoutSuspensionCheck : public RuleCheck {
public:
  LoopWithoutSuspensionCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void checkCycles(const Body &body, Unit &unit);
  void checkCounts(const Body &body, Unit &unit);
  void checkComputations(const Body &body, Unit &unit);
  void reportLoop(const clang::Stmt *loop, const Body &body, Unit &unit, std::string text, const clang::Expr *exit);

  loop_without_suspension::Options options_;
};

} // namespace coroguard::rules
