// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule sync-wait: runners, nested loops and waits for futures in code that runs on an event loop.
#pragma once

#include "checker/framework/ChainSteps.h"
#include "rules/sync-wait/Rule.gen.h"

namespace coroguard::rules {

class SyncWaitCheck : public RuleCheck {
public:
  SyncWaitCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override { return options_.problems; }

private:
  bool isAllowed(const Invocation &invocation, Unit &unit) const;
  void checkPlain(Unit &unit);
  std::string placeOf(const LoopCall &call, Unit &unit) const;
  void reportDirect(const LoopCall &call, const BlockingCall &wait, Unit &unit);
  void reportChain(const LoopCall &call, const Body &first, const BlockingPaths &paths, Unit &unit);

  sync_wait::Options options_;
};

} // namespace coroguard::rules
