// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the terminal can show, and messages on standard error.
#pragma once

#include "checker/report/Format.h"

namespace coroguard::cli {

/// `color` is auto, always or never. On auto: NO_COLOR wins, then CLICOLOR_FORCE, then whether `descriptor` is a
/// terminal.
report::Style styleFor(llvm::StringRef color, int descriptor);

/// "coroguard: error: …" for each line of `message` on standard error, in colour if it can.
void sayError(llvm::StringRef message, llvm::StringRef color);
void sayNote(llvm::StringRef message);

/// Writes what is held back for standard output. False, and said, if it cannot be written; a reader who has gone
/// (`… | head`) has seen what it wanted.
bool flushOutput(llvm::StringRef color);

} // namespace coroguard::cli
