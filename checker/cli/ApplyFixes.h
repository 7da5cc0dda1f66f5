// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `--fix`, `--fix-unsafe`, `--fix-preview`: writes fixed files, or the diff of what would be written.
#pragma once

#include "checker/cli/CommandLine.h"
#include "checker/report/Report.h"
#include "checker/report/SourceText.h"

namespace coroguard::cli {

/// Applies fixes as asked and takes the fixed findings out of the report; a preview leaves both as they are. Files of
/// units that did not compile are left alone. False if a file could not be written, which is said; its findings stay.
bool applyFixes(const CheckArguments &arguments, report::Report &report, report::SourceText &sources, const std::string &color);

} // namespace coroguard::cli
