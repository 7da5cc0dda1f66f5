// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule sync-iteration: async sequences whose steps nobody awaits, and blocking adaptors around them in async code.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/sync-iteration/Rule.gen.h"

namespace coroguard::rules {

class SyncIterationCheck : public RuleCheck {
public:
  SyncIterationCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  bool isAllowed(const AsyncType &type, Unit &unit) const;
  void checkRangeFor(const Body &body, const clang::CXXForRangeStmt *loop, Unit &unit);
  void checkAdaptor(const Body &body, const CallSite &call, Unit &unit);
  void checkCondition(const Body &body, const clang::CallExpr *call, Unit &unit);
  void reportStep(const DroppedTask &task, Unit &unit);

  sync_iteration::Options options_;
};

} // namespace coroguard::rules
