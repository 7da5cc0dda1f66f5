// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Findings a team has accepted for now, in a file of their repository: known by fingerprint, so that code may move.
#pragma once

#include "checker/report/Report.h"

#include "llvm/ADT/StringSet.h"
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

/// What a run looked at: of the rest nobody knows whether its findings are still there.
struct Looked {
  bool everywhere = false; ///< all units of the project
  llvm::StringSet<> files; ///< else those whose own findings were all reported; root-relative
  llvm::StringSet<> rules; ///< that ran

  /// Whether the entry would have been met if it were still there. A rule that no longer exists finds nothing.
  bool at(const BaselineEntry &entry) const;
};

struct BaselineUse {
  size_t known = 0; ///< findings that were in it
  size_t gone = 0;  ///< its entries that no finding met where the run looked
};

Baseline baselineOf(const Report &report);
/// JSON, one entry per line, ordered by file and rule: it makes small diffs.
std::string toText(const Baseline &baseline);
/// An error names the file and what to type.
llvm::Expected<Baseline> readBaseline(llvm::StringRef path);
/// Takes the known findings out of the report.
BaselineUse leaveOutKnown(const Baseline &baseline, const Looked &looked, Report &report);

struct BaselineChange {
  Baseline next;
  size_t added = 0, gone = 0;
  size_t left = 0; ///< new findings that were not put in
};

/// `old` without what is gone, and if it may `grow` with what is new in `now`.
BaselineChange updated(const Baseline &old, const Baseline &now, const Looked &looked, bool grow);

} // namespace coroguard::report
