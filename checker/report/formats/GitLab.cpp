// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// GitLab's code quality report (a subset of Code Climate's).
#include "checker/report/Format.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {

namespace json = llvm::json;

static llvm::StringRef severityOf(catalog::Severity severity) {
  switch (severity) {
  case catalog::Severity::Note:
    return "info";
  case catalog::Severity::Warning:
    return "major";
  case catalog::Severity::Error:
    return "critical";
  }
  return "major";
}

static void write(const Report &report, SourceText &, const Style &, llvm::raw_ostream &out) {
  json::Array all;
  for (const ReportedFinding &reported : report.findings) {
    const Finding &finding = reported.finding;
    std::string text = finding.message + (finding.cure.empty() ? "" : "; " + finding.cure);
    all.push_back(json::Object{
        {"type", "issue"},
        {"check_name", finding.rule->id},
        {"description", json::fixUTF8(text)},
        {"severity", severityOf(finding.severity)},
        {"fingerprint", reported.fingerprint},
        {"categories", json::Array{"Bug Risk"}},
        {"location", json::Object{{"path", json::fixUTF8(finding.place.file)},
                                  {"lines", json::Object{{"begin", finding.place.line},
                                                         {"end", std::max(finding.place.line, finding.place.endLine)}}}}}});
  }
  out << llvm::formatv("{0:2}\n", json::Value(std::move(all)));
}

extern const Format GitLab;
const Format GitLab{"gitlab", "GitLab code quality", write};

} // namespace coroguard::report
