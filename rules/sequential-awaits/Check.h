// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule sequential-awaits: independent awaits one after the other, or one per turn of a loop.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/sequential-awaits/Rule.gen.h"

namespace coroguard::rules {

class SequentialAwaitsCheck : public RuleCheck {
public:
  SequentialAwaitsCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  bool areIndependent(const clang::CoawaitExpr *first, const clang::CoawaitExpr *second, Unit &unit) const;
  bool isIndependentCall(const clang::CoawaitExpr *await, Unit &unit) const;
  void checkRows(const Body &body, Unit &unit);
  void checkExpressions(const Body &body, Unit &unit);
  void checkLoops(const Body &body, Unit &unit);
  void reportPair(const clang::CoawaitExpr *first, const clang::CoawaitExpr *second, const Body &body, Unit &unit);

  sequential_awaits::Options options_;
};

} // namespace coroguard::rules
