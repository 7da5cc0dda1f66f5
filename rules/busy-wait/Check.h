// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule busy-wait: polling a state between sleeps instead of awaiting its change.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/busy-wait/Rule.gen.h"

namespace coroguard::rules {

class BusyWaitCheck : public RuleCheck {
public:
  BusyWaitCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void judge(const clang::Stmt *loop, const Body &body, Unit &unit);
  void judgeCall(const clang::CallExpr *call, const Body &body, Unit &unit);
  bool onlyPauses(const Body &body, Unit &unit) const;
  bool isPause(const clang::Stmt *statement, const Body &body, Unit &unit, unsigned depth = 0) const;

  busy_wait::Options options_;
};

} // namespace coroguard::rules
