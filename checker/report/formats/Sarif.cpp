// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SARIF 2.1.0 as code-scanning services read it: every rule described, one region per result, the proof as a code flow,
// fixes, and a fingerprint that survives moved lines. Paths are relative to %SRCROOT%.
#include "checker/report/Format.h"
#include "checker/report/Uri.h"

#include "rules/catalog/Names.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"

#include <map>

namespace coroguard::report {
namespace {

namespace json = llvm::json;

std::string utf8(llvm::StringRef text) { return json::isUTF8(text) ? text.str() : json::fixUTF8(text); }

/// As a sentence: upper case start and a full stop.
std::string sentence(llvm::StringRef text) {
  std::string result = utf8(text.trim());
  if (!result.empty())
    result[0] = llvm::toUpper(result[0]);
  if (!result.empty() && !llvm::StringRef(".!?`)").contains(result.back()))
    result += '.';
  return result;
}

json::Object message(llvm::StringRef text) { return json::Object{{"text", utf8(text)}}; }

json::Object artifact(llvm::StringRef file) {
  json::Object object{{"uri", uriOf(file)}};
  if (!file.starts_with("/"))
    object["uriBaseId"] = "%SRCROOT%";
  return object;
}

json::Object physical(const Place &place, SourceText &sources) {
  json::Object region{{"startLine", place.line}, {"startColumn", sources.utf16Column(place.file, place.line, place.column)}};
  if (place.endLine) {
    region["endLine"] = place.endLine;
    region["endColumn"] = sources.utf16Column(place.file, place.endLine, place.endColumn);
  }
  if (llvm::StringRef line = sources.line(place.file, place.line); !line.empty() && place.endLine <= place.line)
    region["snippet"] = message(line);
  return json::Object{{"artifactLocation", artifact(place.file)}, {"region", std::move(region)}};
}

json::Object location(const Place &place, llvm::StringRef text, SourceText &sources) {
  json::Object object{{"physicalLocation", physical(place, sources)}};
  if (!text.empty())
    object["message"] = message(text);
  return object;
}

llvm::StringRef levelOf(catalog::Severity severity) { return catalog::nameOf(severity); } // SARIF uses our three words

json::Object describe(const catalog::RuleInfo &rule) {
  json::Array tags;
  tags.push_back(rule.category);
  for (llvm::StringRef tag : rule.tags)
    if (tag != rule.category && tags.size() < 10) // more are not kept
      tags.push_back(tag);
  llvm::StringRef problemSeverity = rule.severity == catalog::Severity::Note ? "recommendation" : levelOf(rule.severity);
  json::Object properties{{"precision", catalog::nameOf(rule.precision)},
                          {"tags", std::move(tags)},
                          {"problem.severity", problemSeverity},
                          {"profile", catalog::shownProfile(rule)}};
  json::Object object{
      {"id", rule.id},
      {"name", rule.name},
      {"shortDescription", message(sentence(rule.summary))},
      {"fullDescription", message(sentence(rule.summary) + " " + sentence(rule.help))},
      {"help", json::Object{{"text", sentence(rule.help)},
                            {"markdown", utf8(rule.page.empty() ? llvm::StringRef(sentence(rule.help)) : rule.page)}}},
      {"defaultConfiguration", json::Object{{"level", levelOf(rule.severity)},
                                            {"enabled", rule.profile == catalog::Profile::Default && !rule.runtimeOnly}}},
      {"properties", std::move(properties)}};
  if (!rule.references.empty())
    object["helpUri"] = rule.references.front().url;
  return object;
}

/// The proof and its end as the one flow viewers step through.
json::Array codeFlows(const Finding &finding, SourceText &sources) {
  json::Array steps;
  auto add = [&](const Place &place, llvm::StringRef text, llvm::StringRef importance) {
    steps.push_back(json::Object{{"location", location(place, text, sources)}, {"importance", importance}});
  };
  for (const EvidenceStep &step : finding.evidence)
    add(step.place, step.message, "important");
  add(finding.place, finding.message, "essential");
  return json::Array{json::Object{{"threadFlows", json::Array{json::Object{{"locations", std::move(steps)}}}}}};
}

json::Array related(const Finding &finding, SourceText &sources) {
  json::Array locations;
  for (const EvidenceStep &step : finding.evidence) {
    json::Object one = location(step.place, step.message, sources);
    one["id"] = static_cast<int64_t>(locations.size() + 1);
    locations.push_back(std::move(one));
  }
  return locations;
}

json::Object replacement(const TextEdit &edit, SourceText &sources) {
  LineColumn begin = sources.at(edit.file, edit.offset), end = sources.at(edit.file, edit.offset + edit.length);
  json::Object region;
  if (begin.line && end.line)
    region = json::Object{{"startLine", begin.line},
                          {"startColumn", sources.utf16Column(edit.file, begin.line, begin.column)},
                          {"endLine", end.line},
                          {"endColumn", sources.utf16Column(edit.file, end.line, end.column)}};
  else
    region = json::Object{{"byteOffset", edit.offset}, {"byteLength", edit.length}};
  return json::Object{{"deletedRegion", std::move(region)}, {"insertedContent", message(edit.replacement)}};
}

json::Array fixes(const Finding &finding, SourceText &sources) {
  json::Array all;
  for (const Fix &fix : finding.fixes) {
    json::Array changes;
    llvm::StringRef file; // one change per run of edits in the same file
    json::Array *replacements = nullptr;
    for (const TextEdit &edit : fix.edits) {
      if (!replacements || edit.file != file) {
        changes.push_back(json::Object{{"artifactLocation", artifact(edit.file)}, {"replacements", json::Array()}});
        replacements = changes.back().getAsObject()->getArray("replacements");
        file = edit.file;
      }
      replacements->push_back(replacement(edit, sources));
    }
    all.push_back(json::Object{{"description", message(fix.description)},
                               {"artifactChanges", std::move(changes)},
                               {"properties", json::Object{{"kind", catalog::nameOf(fix.kind)}}}});
  }
  return all;
}

json::Object result(const ReportedFinding &reported, size_t ruleIndex, SourceText &sources) {
  const Finding &finding = reported.finding;
  std::string text = sentence(finding.message);
  if (llvm::StringRef cure = finding.cure.empty() ? finding.rule->help : llvm::StringRef(finding.cure); !cure.empty())
    text += " " + sentence(cure);
  json::Object primary = location(finding.place, "", sources);
  if (!finding.symbol.empty())
    primary["logicalLocations"] =
        json::Array{json::Object{{"fullyQualifiedName", utf8(finding.symbol)}, {"kind", "function"}}};
  json::Object object{{"ruleId", finding.rule->id},
                      {"ruleIndex", static_cast<int64_t>(ruleIndex)},
                      {"level", levelOf(finding.severity)},
                      {"message", message(text)},
                      {"locations", json::Array{std::move(primary)}},
                      {"partialFingerprints", json::Object{{"primaryLocationLineHash", reported.fingerprint}}},
                      {"properties", json::Object{{"precision", catalog::nameOf(finding.precision)}}}};
  if (!finding.evidence.empty()) {
    object["codeFlows"] = codeFlows(finding, sources);
    object["relatedLocations"] = related(finding, sources);
  }
  if (!finding.fixes.empty())
    object["fixes"] = fixes(finding, sources);
  return object;
}

json::Object notification(const Problem &problem, SourceText &sources) {
  json::Object object{{"level", "error"},
                      {"message", message(sentence(problem.message))},
                      {"descriptor", json::Object{{"id", problemName(problem.kind)}}}};
  Place place = problem.place;
  if (place.file.empty())
    place.file = problem.unit;
  if (!place.file.empty()) {
    json::Object at = place.line ? location(place, "", sources)
                                 : json::Object{{"physicalLocation",
                                                 json::Object{{"artifactLocation", artifact(place.file)}}}};
    object["locations"] = json::Array{std::move(at)};
  }
  return object;
}

json::Object invocation(const Report &report, SourceText &sources) {
  json::Array notifications;
  for (const Problem &problem : report.problems)
    notifications.push_back(notification(problem, sources));
  return json::Object{{"executionSuccessful", report.problems.empty() && !report.run.interrupted},
                      {"toolExecutionNotifications", std::move(notifications)}};
}

/// One descriptor per kind of problem, so that notifications can name theirs.
json::Array problemDescriptors() {
  json::Array all;
  const std::pair<Problem::Kind, llvm::StringRef> kinds[] = {
      {Problem::Kind::Compile, "The unit does not compile; findings in it may be missing."},
      {Problem::Kind::Crash, "The analysis of the unit crashed; findings in it may be missing."},
      {Problem::Kind::Timeout, "The analysis of the unit took too long and was stopped."},
      {Problem::Kind::Configuration, "A setting is wrong."}};
  for (auto [kind, text] : kinds)
    all.push_back(json::Object{{"id", problemName(kind)}, {"shortDescription", message(text)}});
  return all;
}

void write(const Report &report, SourceText &sources, const Style &, llvm::raw_ostream &out) {
  json::Array rules, results;
  std::map<const catalog::RuleInfo *, size_t> index;
  auto add = [&](const catalog::RuleInfo *rule) {
    if (index.emplace(rule, rules.size()).second)
      rules.push_back(describe(*rule));
  };
  for (const catalog::RuleInfo *rule : report.run.rules)
    add(rule);
  for (const ReportedFinding &reported : report.findings) {
    add(reported.finding.rule);
    results.push_back(result(reported, index[reported.finding.rule], sources));
  }
  json::Object driver{{"name", "coroguard"},
                      {"fullName", "coroguard " + report.run.version},
                      {"version", report.run.version},
                      {"semanticVersion", report.run.version},
                      {"rules", std::move(rules)},
                      {"notifications", problemDescriptors()}};
  json::Object run{{"tool", json::Object{{"driver", std::move(driver)}}},
                   {"automationDetails", json::Object{{"id", "coroguard/" + report.run.profile + "/"}}},
                   {"columnKind", "utf16CodeUnits"},
                   {"originalUriBaseIds",
                    json::Object{{"%SRCROOT%", json::Object{{"uri", folderUriOf(report.run.root)},
                                                            {"description", message("The root of the source tree.")}}}}},
                   {"invocations", json::Array{invocation(report, sources)}},
                   {"results", std::move(results)}};
  json::Value log = json::Object{
      {"$schema", "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"},
      {"version", "2.1.0"},
      {"runs", json::Array{std::move(run)}}};
  out << llvm::formatv("{0:2}\n", log);
}

} // namespace

extern const Format Sarif;
const Format Sarif{"sarif", "SARIF 2.1.0, for code scanning", write};

} // namespace coroguard::report
