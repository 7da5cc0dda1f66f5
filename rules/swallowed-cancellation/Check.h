// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule swallowed-cancellation: handlers that take cancellation for an ordinary error and go on.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/swallowed-cancellation/Rule.gen.h"

namespace coroguard::rules {

class SwallowedCancellationCheck : public RuleCheck {
public:
  SwallowedCancellationCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void judgeErrorValue(const clang::CXXTryStmt *attempt, const Body &body, Unit &unit);
  void judge(const clang::CXXTryStmt *attempt, const Body &body, Unit &unit);

  swallowed_cancellation::Options options_;
};

} // namespace coroguard::rules
