// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule nested-task: functions whose task gives another task.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/nested-task/Rule.gen.h"

namespace coroguard::rules {

class NestedTaskCheck : public RuleCheck {
public:
  NestedTaskCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void checkContext(const clang::DeclContext *context, Unit &unit);
  void checkCalls(const Body &body, Unit &unit);
  void judgeType(const clang::NamedDecl *decl, clang::QualType type, Unit &unit);
  void judge(const clang::FunctionDecl *function, const Body *body, Unit &unit);

  nested_task::Options options_;
};

} // namespace coroguard::rules
