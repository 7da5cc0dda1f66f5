// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reviewdog's diagnostic format; safe fixes become suggestions in a review. Its columns count bytes, as ours do.
#include "checker/report/Format.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {
namespace {

namespace json = llvm::json;

json::Object position(unsigned line, unsigned column) { return json::Object{{"line", line}, {"column", column}}; }

json::Object location(const Place &place) {
  json::Object range{{"start", position(place.line, place.column)}};
  if (place.endLine)
    range["end"] = position(place.endLine, place.endColumn);
  return json::Object{{"path", json::fixUTF8(place.file)}, {"range", std::move(range)}};
}

json::Array suggestions(const Finding &finding, SourceText &sources) {
  json::Array all;
  for (const Fix &fix : finding.fixes)
    for (const TextEdit &edit : fix.edits) {
      LineColumn begin = sources.at(edit.file, edit.offset), end = sources.at(edit.file, edit.offset + edit.length);
      // A suggestion stands in the file of its diagnostic; the format cannot say another.
      if (fix.kind != catalog::FixKind::Safe || !begin.line || !end.line || edit.file != finding.place.file)
        continue;
      all.push_back(json::Object{{"range", json::Object{{"start", position(begin.line, begin.column)},
                                                        {"end", position(end.line, end.column)}}},
                                 {"text", json::fixUTF8(edit.replacement)}});
    }
  return all;
}

json::Array related(const Finding &finding) {
  json::Array all;
  for (const EvidenceStep &step : finding.evidence)
    all.push_back(json::Object{{"message", json::fixUTF8(step.message)}, {"location", location(step.place)}});
  return all;
}

void write(const Report &report, SourceText &sources, const Style &, llvm::raw_ostream &out) {
  json::Array diagnostics;
  for (const ReportedFinding &reported : report.findings) {
    const Finding &finding = reported.finding;
    std::string text = finding.message + (finding.cure.empty() ? "" : "\n" + finding.cure);
    llvm::StringRef severity = finding.severity == catalog::Severity::Error     ? "ERROR"
                               : finding.severity == catalog::Severity::Warning ? "WARNING"
                                                                                : "INFO";
    json::Object code{{"value", finding.rule->id}};
    if (!finding.rule->references.empty())
      code["url"] = finding.rule->references.front().url;
    json::Object diagnostic{{"message", json::fixUTF8(text)},
                            {"location", location(finding.place)},
                            {"severity", severity},
                            {"code", std::move(code)}};
    if (json::Array edits = suggestions(finding, sources); !edits.empty())
      diagnostic["suggestions"] = std::move(edits);
    if (!finding.evidence.empty())
      diagnostic["related_locations"] = related(finding);
    diagnostics.push_back(std::move(diagnostic));
  }
  json::Value value = json::Object{{"source", json::Object{{"name", "coroguard"}}}, {"diagnostics", std::move(diagnostics)}};
  out << llvm::formatv("{0:2}\n", value);
}

} // namespace

extern const Format Rdjson;
const Format Rdjson{"rdjson", "reviewdog, with suggestions", write};

} // namespace coroguard::report
