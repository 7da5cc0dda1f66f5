// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule uncancellable-await: awaited calls that are not given the stop token that is in scope.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/uncancellable-await/Rule.gen.h"

namespace coroguard::rules {

class UncancellableAwaitCheck : public RuleCheck {
public:
  UncancellableAwaitCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  struct Token;
  static std::vector<Token> tokensOf(const Body &body, Unit &unit);
  void judge(const clang::CoawaitExpr *await, const std::vector<Token> &tokens, const Body &body, Unit &unit);

  uncancellable_await::Options options_;
};

} // namespace coroguard::rules
