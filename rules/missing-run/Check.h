// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule missing-run: async work that synchronous code creates and nobody drives.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/missing-run/Rule.gen.h"

namespace coroguard::rules {

class MissingRunCheck : public RuleCheck {
public:
  MissingRunCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  bool mayFire(const UnitWords &words, bool async) const override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void reportTask(const DroppedTask &task, Unit &unit);

  missing_run::Options options_;
};

} // namespace coroguard::rules
