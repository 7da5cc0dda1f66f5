// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// coroguard-report, run from inside the process: only it knows names, and with them suppressions.
#pragma once

#include <stdint.h>

namespace coroguard::guard {

/// The program to run; false if it is nowhere to be found.
bool find_reporter(char (&path)[512]);
/// Runs it and waits; its exit status, -1 if it did not run. The program sees no child: no SIGCHLD, nothing for wait().
int run_reporter(char **argv);
/// Whether this place of the record would be shown at the end: not suppressed, not the loop's own. Asked once per place; yes if
/// there is nobody to ask.
bool counts_as_finding(uint16_t site);

} // namespace coroguard::guard
