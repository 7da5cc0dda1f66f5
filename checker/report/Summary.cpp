// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The last line of a run, in words.
#include "checker/report/Summary.h"

#include "checker/report/Excerpt.h"
#include "rules/catalog/Names.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {

std::string counted(size_t count, llvm::StringRef noun) {
  return llvm::formatv("{0} {1}{2}", count, noun, count == 1 ? "" : "s").str();
}

static std::string findingsText(const Report &report) {
  size_t bySeverity[3] = {};
  llvm::StringSet<> files;
  for (const ReportedFinding &reported : report.findings) {
    ++bySeverity[static_cast<size_t>(reported.finding.severity)];
    files.insert(reported.finding.place.file);
  }
  std::vector<std::string> parts;
  for (auto severity : {catalog::Severity::Error, catalog::Severity::Warning, catalog::Severity::Note})
    if (size_t count = bySeverity[static_cast<size_t>(severity)])
      parts.push_back(counted(count, catalog::nameOf(severity)));
  if (parts.empty())
    return "no findings";
  return llvm::join(parts, ", ") + " in " + counted(files.size(), "file");
}

void writeSummary(const Report &report, const Style &style, llvm::raw_ostream &out) {
  Palette paint(style);
  llvm::StringSet<> failed;
  for (const Problem &problem : report.problems)
    if (!problem.unit.empty())
      failed.insert(problem.unit);
  bool worried = !failed.empty() || report.run.interrupted || !report.problems.empty();
  llvm::StringRef color = worried ? paint.red : report.findings.empty() ? paint.green : paint.yellow;
  out << color << findingsText(report) << paint.off;
  if (!failed.empty())
    out << "; " << paint.red << counted(failed.size(), "unit") << " could not be checked fully" << paint.off;
  if (report.run.interrupted)
    out << "; " << paint.red << "interrupted after " << report.run.analysed << " of " << counted(report.run.units, "unit")
        << paint.off;
  else
    out << " (" << counted(report.run.units, "unit") << " checked)";
  out << '\n';
}

} // namespace coroguard::report
