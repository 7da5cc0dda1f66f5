// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule task-as-value: conversions, comparisons, member accesses and prints of tasks whose result was meant.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "checker/semantics/ValueUse.h"
#include "rules/task-as-value/Rule.gen.h"

namespace coroguard::rules {

class TaskAsValueCheck : public RuleCheck {
public:
  TaskAsValueCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void checkCall(const Body &body, const clang::CallExpr *call, Unit &unit);
  void reportHeld(const DroppedTask &task, Unit &unit);

  task_as_value::Options options_;
};

} // namespace coroguard::rules
