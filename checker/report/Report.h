// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One run's result as plain data: what every emitter in report/formats turns into text. Knows findings and rules,
// nothing of Clang or of how the units were analysed.
#pragma once

#include "checker/framework/Finding.h"

#include <string>
#include <vector>

namespace coroguard::report {

/// A finding whose places are root-relative (absolute when outside the root), with its identity.
struct ReportedFinding {
  Finding finding;
  std::string fingerprint; ///< 16 hex digits; survives moved lines, see Fingerprints.h
};

/// Something that kept the tool from doing its work. Any of them makes the exit status 2.
struct Problem {
  enum class Kind { Compile, Crash, Timeout, Configuration };
  Kind kind = Kind::Compile;
  std::string unit; ///< root-relative main file; empty when the problem is not one unit's
  Place place;      ///< of a compile error; `line` 0 when unknown
  std::string message;
  std::string hint; ///< what to type next; may be empty
};

struct Run {
  std::string version;
  std::string root; ///< absolute, no trailing slash
  std::string profile;
  std::vector<const catalog::RuleInfo *> rules; ///< those that ran, by id
  unsigned units = 0;         ///< asked for
  unsigned analysed = 0;      ///< finished, with or without errors
  bool interrupted = false;
  double seconds = 0;         ///< wall clock; never in a machine-readable format
};

struct Report {
  Run run;
  std::vector<ReportedFinding> findings; ///< by file, line, column, rule, message
  std::vector<Problem> problems;         ///< by unit, then in the order they arose
};

llvm::StringRef problemName(Problem::Kind kind); ///< compile | crash | timeout | configuration

/// Makes every path of the findings root-relative, sorts, drops duplicates (a header's finding comes once per unit)
/// and gives fingerprints. The result does not depend on the order of `findings`: of duplicates with different evidence
/// the least stays.
class SourceText;
std::vector<ReportedFinding> arrange(std::vector<Finding> findings, llvm::StringRef root, SourceText &sources);

/// By unit, within one as they arose: two databases that list the same units in another order give the same report.
std::vector<Problem> sortedByUnit(std::vector<Problem> problems);

/// `path` relative to `root` if it lies below it, else as it is. Purely textual.
std::string rootRelative(llvm::StringRef path, llvm::StringRef root);

} // namespace coroguard::report
