// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Findings a team has accepted for now, in a file of their repository: known by fingerprint, so that code may move.
#pragma once

#include "checker/report/Report.h"

#include "llvm/Support/Error.h"

#include <map>

namespace coroguard::report {

/// The rest of an entry is for the people who read the file.
struct BaselineEntry {
  std::string rule, file, message;
};

struct Baseline {
  std::map<std::string, BaselineEntry> entries; ///< by fingerprint
};

struct BaselineUse {
  size_t known = 0; ///< findings that were in it
  size_t gone = 0;  ///< its entries that no finding met
};

Baseline baselineOf(const Report &report);
/// JSON, one entry per line, ordered by file and rule: it makes small diffs.
std::string toText(const Baseline &baseline);
/// An error names the file and what to type.
llvm::Expected<Baseline> readBaseline(llvm::StringRef path);
/// Takes the known findings out of the report.
BaselineUse leaveOutKnown(const Baseline &baseline, Report &report);

} // namespace coroguard::report
