// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a loop asks that waits for something to change.
#pragma once

namespace clang {
class Expr;
} // namespace clang

namespace coroguard {

/// The question that `condition` asks, without negations: `ready` of `!ready`. Null unless it reads states of the program
/// and nothing else: no time, no file, nothing that is counted or done on the way.
const clang::Expr *polledState(const clang::Expr *condition);

} // namespace coroguard
