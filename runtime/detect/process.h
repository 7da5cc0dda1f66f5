// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The guard and the process around it: what children inherit, what happens at exit.
#pragma once

#include <stddef.h>

namespace coroguard::guard {

/// The environment for a program that replaces this one. The guard hides itself from the program's environment; an exec in the
/// guarded process itself stays guarded, children are not (option `children`). `scratch` holds the copy when one is needed.
char *const *child_environment(char *const *given, char **scratch, size_t capacity);

/// Linked builds without the launcher: run `coroguard-report` on what was recorded.
void report_at_exit();

} // namespace coroguard::guard
