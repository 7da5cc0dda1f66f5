// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule blocking-call: calls that stop the event loop, directly, through any chain of functions, or although the class has
// an awaitable twin.
#pragma once

#include "checker/framework/ChainSteps.h"
#include "checker/semantics/AsyncSiblings.h"
#include "rules/blocking-call/Rule.gen.h"

namespace coroguard::rules {

class BlockingCallCheck : public RuleCheck {
public:
  BlockingCallCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;
  void storeOptions(clang::tidy::ClangTidyOptions::OptionMap &options) override;
  std::vector<std::string> optionProblems() const override;

private:
  bool isSelected(const BlockingCall &call, Unit &unit) const;
  bool isAllowed(const Invocation &invocation, Unit &unit) const;
  unsigned weightOf(const BlockingCall &call, Unit &unit) const;
  std::string placeOf(const LoopCall &call, Unit &unit) const;
  void judge(const LoopCall &call, Unit &unit, const BlockingPaths &paths, AsyncSiblings &siblings);
  void reportDirect(const LoopCall &call, const BlockingCall &blocking, Unit &unit, AsyncSiblings &siblings);
  void reportChain(const LoopCall &call, const Body &first, Unit &unit, const BlockingPaths &paths,
                   AsyncSiblings &siblings);
  void reportSibling(const LoopCall &call, const AsyncSibling &sibling, Unit &unit);
  void cure(FindingBuilder &finding, const LoopCall &call, const BlockingCall &blocking, Unit &unit,
            AsyncSiblings &siblings);

  blocking_call::Options options_;
};

} // namespace coroguard::rules
