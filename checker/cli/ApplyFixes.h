// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `--fix`, `--fix-unsafe`, `--fix-preview`: writes fixed files, or the diff of what would be written.
#pragma once

#include "checker/cli/CommandLine.h"
#include "checker/report/Fixes.h"
#include "checker/report/Report.h"
#include "checker/report/SourceText.h"

#include "llvm/ADT/StringSet.h"

namespace coroguard::cli {

/// Applies fixes as asked and takes the fixed findings out of the report; a preview leaves both as they are. Files of
/// units that did not compile are left alone. False if a file could not be written, which is said; its findings stay.
bool applyFixes(const CheckArguments &arguments, report::Report &report, report::SourceText &sources, const std::string &color);

/// Writes the edited files, each whole or not at all. Those that could not be written, which is said.
llvm::StringSet<> writePlan(const report::FixPlan &plan, report::SourceText &sources, llvm::StringRef root,
                            const std::string &color);

/// The report without the fixes of files in which something is wrong: a broken tree gives broken edits.
report::Report withoutBrokenFiles(const report::Report &report);

} // namespace coroguard::cli
