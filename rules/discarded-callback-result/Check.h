// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule discarded-callback-result: task-returning callables converted to, or called as, ones that return nothing.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/discarded-callback-result/Rule.gen.h"

namespace coroguard::rules {

class DiscardedCallbackResultCheck : public RuleCheck {
public:
  DiscardedCallbackResultCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void checkNode(const Body *body, const clang::Stmt *node, Unit &unit);
  const AsyncType *taskOf(const clang::Expr *callable, Unit &unit) const;
  void checkArgument(const Body *body, const clang::Expr *callable, const std::string &target, Unit &unit);

  discarded_callback_result::Options options_;
};

} // namespace coroguard::rules
