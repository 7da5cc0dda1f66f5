// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule large-frame: locals and parameters that make a coroutine frame large.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/large-frame/Rule.gen.h"

namespace coroguard::rules {

class LargeFrameCheck : public RuleCheck {
public:
  LargeFrameCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void judge(const Body &body, Unit &unit);

  large_frame::Options options_;
};

} // namespace coroguard::rules
