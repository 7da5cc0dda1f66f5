// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Workflow commands of GitHub Actions: printed in a job, they become annotations of the pull request.
#include "checker/report/Format.h"

#include "rules/catalog/Names.h"

#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {

/// Commands end at a line end and `%` escapes; in properties `:` and `,` separate.
static std::string escaped(llvm::StringRef text, bool inProperty) {
  std::string result;
  for (char c : text) {
    if (c == '%' || c == '\r' || c == '\n' || (inProperty && (c == ':' || c == ',')))
      result += c == '%' ? "%25" : c == '\r' ? "%0D" : c == '\n' ? "%0A" : c == ':' ? "%3A" : "%2C";
    else
      result += c;
  }
  return result;
}

static llvm::StringRef commandOf(catalog::Severity severity) {
  return severity == catalog::Severity::Note ? "notice" : catalog::nameOf(severity);
}

static void write(const Report &report, SourceText &, const Style &, llvm::raw_ostream &out) {
  for (const ReportedFinding &reported : report.findings) {
    const Finding &finding = reported.finding;
    const Place &place = finding.place;
    out << "::" << commandOf(finding.severity) << " file=" << escaped(place.file, true) << ",line=" << place.line;
    if (place.endLine)
      out << ",endLine=" << place.endLine;
    if (place.endLine == place.line) // GitHub takes columns only within one line
      out << ",col=" << place.column << ",endColumn=" << place.endColumn;
    out << ",title=" << escaped(finding.rule->id, true) << "::" << escaped(finding.message, false);
    if (!finding.cure.empty())
      out << escaped("\n" + finding.cure, false);
    out << '\n';
  }
  for (const Problem &problem : report.problems) {
    out << "::error title=coroguard";
    if (!problem.unit.empty())
      out << ",file=" << escaped(problem.place.file.empty() ? problem.unit : problem.place.file, true);
    if (problem.place.line)
      out << ",line=" << problem.place.line;
    out << "::" << escaped(problem.message, false) << '\n';
  }
}

extern const Format GitHub;
const Format GitHub{"github", "annotations of a GitHub Actions job", write};

} // namespace coroguard::report
