// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule unawaited-task: tasks that nobody consumes, where awaiting them was possible.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/unawaited-task/Rule.gen.h"

namespace coroguard::rules {

class UnawaitedTaskCheck : public RuleCheck {
public:
  UnawaitedTaskCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  static const clang::Expr *releasedBy(const clang::Stmt *node);
  void checkReleased(const Body &body, const clang::Expr *creation, Unit &unit);
  bool isAllowed(const DroppedTask &task, Unit &unit) const;
  void reportTask(const DroppedTask &task, Unit &unit);

  unawaited_task::Options options_;
};

} // namespace coroguard::rules
