// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule async-destructor: async work that a destructor starts or waits for.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/async-destructor/Rule.gen.h"

namespace coroguard::rules {

class AsyncDestructorCheck : public RuleCheck {
public:
  AsyncDestructorCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  bool judge(const clang::CallExpr *expr, const clang::CallExpr *at, const Body &body, Unit &unit);

  async_destructor::Options options_;
};

} // namespace coroguard::rules
