// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule unobserved-exception: exceptions that end where nobody looks.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/unobserved-exception/Rule.gen.h"

namespace coroguard::rules {

class UnobservedExceptionCheck : public RuleCheck {
public:
  UnobservedExceptionCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void checkResults(const Body &body, Unit &unit);
  void checkGiven(const Body &body, Unit &unit);
  void checkSet(const Body &body, Unit &unit);
  void checkDetached(const Body &body, Unit &unit);
  void checkForgotten(const Body &body, Unit &unit);
  void checkPromise(const clang::CXXRecordDecl *record, Unit &unit);

  unobserved_exception::Options options_;
};

} // namespace coroguard::rules
