// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JUnit's XML, which every CI server shows: one suite per file, one failed case per finding, one error per problem. A
// clean run has one case that passed, since an empty file looks like a run that did not happen.
#include "checker/report/Format.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

namespace coroguard::report {
namespace {

/// XML 1.0 text; control characters, which it cannot hold, become '?'.
std::string xml(llvm::StringRef text) {
  std::string result;
  for (char c : text) {
    switch (c) {
    case '&':
      result += "&amp;";
      break;
    case '<':
      result += "&lt;";
      break;
    case '>':
      result += "&gt;";
      break;
    case '"':
      result += "&quot;";
      break;
    case '\n':
      result += "&#10;";
      break;
    default:
      result += static_cast<unsigned char>(c) < 0x20 && c != '\t' ? '?' : c;
    }
  }
  return result;
}

std::string failureText(const Finding &finding) {
  std::string text = llvm::formatv("{0}:{1}:{2}: {3}\n", finding.place.file, finding.place.line, finding.place.column, finding.message);
  unsigned number = 0;
  for (const EvidenceStep &step : finding.evidence)
    text += llvm::formatv("{0}. {1} at {2}:{3}\n", ++number, step.message, step.place.file, step.place.line);
  if (!finding.cure.empty())
    text += "cure: " + finding.cure + "\n";
  return text;
}

void writeFindings(llvm::StringRef file, llvm::ArrayRef<const Finding *> findings, llvm::raw_ostream &out) {
  out << llvm::formatv("  <testsuite name=\"{0}\" tests=\"{1}\" failures=\"{1}\" errors=\"0\">\n", xml(file), findings.size());
  for (const Finding *finding : findings) {
    out << llvm::formatv("    <testcase classname=\"{0}\" name=\"{1} at line {2}\" file=\"{0}\" line=\"{2}\">\n", xml(file),
                         finding->rule->id, finding->place.line);
    out << llvm::formatv("      <failure type=\"{0}\" message=\"{1}\">{2}</failure>\n    </testcase>\n", finding->rule->id,
                         xml(finding->message), xml(failureText(*finding)));
  }
  out << "  </testsuite>\n";
}

void writeProblems(llvm::ArrayRef<Problem> problems, llvm::raw_ostream &out) {
  out << llvm::formatv("  <testsuite name=\"coroguard\" tests=\"{0}\" failures=\"0\" errors=\"{0}\">\n", problems.size());
  for (const Problem &problem : problems)
    out << llvm::formatv("    <testcase classname=\"{0}\" name=\"{1}\">\n      <error type=\"{1}\" message=\"{2}\"/>\n    </testcase>\n",
                         xml(problem.unit.empty() ? "coroguard" : problem.unit), problemName(problem.kind), xml(problem.message));
  out << "  </testsuite>\n";
}

void write(const Report &report, SourceText &, const Style &, llvm::raw_ostream &out) {
  std::map<llvm::StringRef, std::vector<const Finding *>> byFile;
  for (const ReportedFinding &reported : report.findings)
    byFile[reported.finding.place.file].push_back(&reported.finding);
  bool clean = byFile.empty() && report.problems.empty();
  out << "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out << llvm::formatv("<testsuites name=\"coroguard\" tests=\"{0}\" failures=\"{1}\" errors=\"{2}\">\n",
                       clean ? 1 : report.findings.size() + report.problems.size(), report.findings.size(), report.problems.size());
  for (const auto &[file, findings] : byFile)
    writeFindings(file, findings, out);
  if (!report.problems.empty())
    writeProblems(report.problems, out);
  if (clean)
    out << "  <testsuite name=\"coroguard\" tests=\"1\" failures=\"0\" errors=\"0\">\n    <testcase classname=\"coroguard\" "
           "name=\"no findings\"/>\n  </testsuite>\n";
  out << "</testsuites>\n";
}

} // namespace

extern const Format JUnit;
const Format JUnit{"junit", "JUnit XML, for CI servers", write};

} // namespace coroguard::report
