// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The last line of a run, in words.
#pragma once

#include "checker/report/Format.h"

namespace coroguard::report {

/// "3 warnings, 1 note in 2 files; 1 unit could not be checked fully (47 units checked)". One line, without times: output
/// is the same whenever it is the same.
void writeSummary(const Report &report, const Style &style, llvm::raw_ostream &out);

/// "1 unit", "2 units".
std::string counted(size_t count, llvm::StringRef noun);

} // namespace coroguard::report
