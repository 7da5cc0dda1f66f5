// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule dangling-argument: arguments that die before the task that refers to them is done.
#pragma once

#include "checker/flow/Borrow.h"
#include "checker/framework/RuleCheck.h"
#include "rules/dangling-argument/Rule.gen.h"

namespace coroguard::rules {

class DanglingArgumentCheck : public RuleCheck {
public:
  DanglingArgumentCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void reportBorrow(const DanglingBorrow &borrow, Unit &unit);

  dangling_argument::Options options_;
};

} // namespace coroguard::rules
