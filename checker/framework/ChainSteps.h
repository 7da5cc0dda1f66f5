// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evidence of findings that follow calls: where the loop comes in, who calls whom, what blocks in the end.
#pragma once

#include "checker/framework/RuleCheck.h"
#include "checker/program/LoopCalls.h"

namespace coroguard {

/// The texts of the steps, of the rule that reports.
struct ChainTexts {
  std::string (*calls)(llvm::StringRef caller, llvm::StringRef callee);
  std::string (*blocks)(llvm::StringRef callee, llvm::StringRef reason);
  std::string (*calledHere)();
};
/// Adds to a finding where a lambda is called or registered, then the chain.
void addSteps(FindingBuilder &finding, const LoopCall &call, llvm::ArrayRef<BlockingStep> chain, Unit &unit,
              const ChainTexts &texts);

} // namespace coroguard
