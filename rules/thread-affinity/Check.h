// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule thread-affinity: thread-local references, thread ids and errno carried over awaits that change threads.
#pragma once

#include "checker/flow/PathWalk.h"
#include "checker/framework/RuleCheck.h"
#include "rules/thread-affinity/Rule.gen.h"

namespace coroguard::rules {

class ThreadAffinityCheck : public RuleCheck {
public:
  ThreadAffinityCheck(llvm::StringRef name, clang::tidy::ClangTidyContext *context);

  void checkUnit(Unit &unit) override;

private:
  bool mayHop(const FlowStep &step, const Body &body, Unit &unit) const;
  void checkVariable(const Body &body, const clang::VarDecl *variable, Unit &unit);
  void checkSet(const Body &body, const clang::VarDecl *variable, Unit &unit);
  void checkErrno(const Body &body, Unit &unit);
};

} // namespace coroguard::rules
