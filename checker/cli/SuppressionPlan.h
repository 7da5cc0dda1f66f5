// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where NOLINT comments for the findings of a report go. Writes nothing.
#pragma once

#include "checker/report/Fixes.h"

namespace coroguard::cli {

struct SuppressionPlan {
  report::FixPlan edits;
  std::vector<size_t> suppressed; ///< indices of findings
  std::vector<size_t> impossible; ///< indices of findings at whose line no comment can stand
};

/// One comment per line with findings, that names their rules; what is there already for other rules is kept. Files in
/// which something is wrong are left alone.
SuppressionPlan planSuppressions(const report::Report &report, llvm::StringRef reason, report::SourceText &sources);

} // namespace coroguard::cli
