// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rule id, severity and sentence of a run-time finding: the checker's own, with what only running shows added.
#pragma once

#include "runtime/export/run_report.h"

namespace coroguard::run {

/// Fills rule, severity, message and, if it is empty, cure. Reads everything else.
void say(finding &f);

} // namespace coroguard::run
