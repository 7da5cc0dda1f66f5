// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule needless-coroutine: coroutines that could be ordinary functions.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/needless-coroutine/Rule.gen.h"

namespace coroguard::rules {

class NeedlessCoroutineCheck : public RuleCheck {
public:
  NeedlessCoroutineCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  const clang::CallExpr *onlyAwaits(const Body &body) const;
  void judge(const Body &body, Unit &unit);

  needless_coroutine::Options options_;
};

} // namespace coroguard::rules
