// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The commands that belong to the runtime. They are programs of their own, because they must work where no LLVM is.
#pragma once

namespace coroguard::cli {

/// If the first word names a command of the runtime (`run`, `report`): becomes the program `coroguard-<command>` beside this one,
/// with the words after it, and returns only if that is impossible, with status 2. 0 if it is no such command.
int becomeRuntimeTool(int count, char **words);

} // namespace coroguard::cli
