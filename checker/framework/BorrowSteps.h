// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the rules about borrowed storage share: which of them speaks about a finding, and its evidence.
#pragma once

#include "checker/flow/Borrow.h"
#include "checker/framework/RuleCheck.h"

namespace coroguard {

/// One defect gives one finding: the rule that knows most about it.
enum class BorrowSpeaker : uint8_t { DanglingClosure, DanglingArgument, DetachedBorrow, TaskOutlivesScope, GeneratorBorrow };
BorrowSpeaker speakerOf(const DanglingBorrow &borrow);

/// Where to say it: at the capture or the closure it is about, at the link of a chain, at the call.
clang::SourceRange placeOf(const DanglingBorrow &borrow);

/// The texts of the steps, of the rule that reports.
struct BorrowTexts {
  std::string (*held)();
  std::string (*stored)();
  std::string (*returned)();
  std::string (*detached)();
  std::string (*awaited)();
};
/// Where the task is held, and where it goes that is too far.
void addSteps(FindingBuilder &finding, const DanglingBorrow &borrow, const BorrowTexts &texts);

} // namespace coroguard
