// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The edits that put an awaited sibling in the place of a synchronous call.
#pragma once

#include "checker/program/LoopCalls.h"
#include "checker/semantics/AsyncSiblings.h"

namespace coroguard {

/// Empty unless awaiting the sibling compiles at this place and gives the same result.
std::vector<clang::FixItHint> siblingFix(const LoopCall &call, const AsyncSibling &sibling, Unit &unit);

} // namespace coroguard
