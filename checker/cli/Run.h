// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run over the units that a command line means: what `check` and `baseline` have in common.
#pragma once

#include "checker/cli/CommandLine.h"
#include "checker/report/Baseline.h"
#include "checker/report/Report.h"
#include "checker/report/SourceText.h"

#include "llvm/Support/Error.h"

#include <map>
#include <memory>

namespace coroguard::cli {

struct Checked {
  report::Report report;
  report::Looked looked;
  std::unique_ptr<report::SourceText> sources;
  double cpuSeconds = 0, parseSeconds = 0, layoutSeconds = 0;
  size_t remembered = 0, skipped = 0, shared = 0; ///< units from the cache; with nothing async; with a shared beginning
  std::map<std::string, double> ruleSeconds;
  std::string dump; ///< of the analysis that was asked for
};

/// Checks the units, with progress, and says on standard error what went wrong with some of them. An error means that
/// nothing could be checked. A first SIGINT or SIGTERM ends the run in order; the report says so. `arguments` are whole:
/// see withProject().
llvm::Expected<Checked> checkUnits(const CheckArguments &arguments, const std::string &color);

/// The same without the findings of the baseline, if there is one; how many that were is said.
llvm::Expected<Checked> checkForNew(const CheckArguments &arguments, const std::string &color);

} // namespace coroguard::cli
