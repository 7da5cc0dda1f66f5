// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule promise-protocol: awaiters, promises and task types that break the coroutine protocol.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "rules/promise-protocol/Rule.gen.h"

namespace coroguard::rules {

class PromiseProtocolCheck : public RuleCheck {
public:
  PromiseProtocolCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  void checkSuspend(const Body &body, Unit &unit);
  void checkEnd(const Body &body, Unit &unit);
  void checkFinalSuspend(const clang::CXXRecordDecl *promise, Unit &unit);
  void checkTaskType(const clang::CXXRecordDecl *record, Unit &unit);

  promise_protocol::Options options_;
};

} // namespace coroguard::rules
