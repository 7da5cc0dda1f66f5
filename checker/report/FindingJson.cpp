// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Findings as JSON and back.
#include "checker/report/FindingJson.h"

#include "checker/report/Suppressions.h"
#include "rules/catalog/Names.h"

namespace coroguard::report {

namespace json = llvm::json;

/// Rules and sources may hold bytes that are not UTF-8; JSON may not.
static std::string utf8(llvm::StringRef text) { return json::isUTF8(text) ? text.str() : json::fixUTF8(text); }

static json::Object placed(const Place &place) {
  json::Object object{{"file", utf8(place.file)}, {"line", place.line}, {"column", place.column}};
  if (place.endLine) {
    object["endLine"] = place.endLine;
    object["endColumn"] = place.endColumn;
  }
  return object;
}

static json::Value edited(const TextEdit &edit) {
  return json::Object{{"file", utf8(edit.file)},
                      {"offset", edit.offset},
                      {"length", edit.length},
                      {"replacement", utf8(edit.replacement)}};
}

json::Object toJson(const Finding &finding) {
  json::Object object = placed(finding.place);
  object["rule"] = finding.rule->id;
  object["severity"] = catalog::nameOf(finding.severity);
  object["precision"] = catalog::nameOf(finding.precision);
  object["message"] = utf8(finding.message);
  if (!finding.cure.empty())
    object["cure"] = utf8(finding.cure);
  if (!finding.symbol.empty())
    object["symbol"] = utf8(finding.symbol);
  json::Array evidence;
  for (const EvidenceStep &step : finding.evidence) {
    json::Object one = placed(step.place);
    one["message"] = utf8(step.message);
    evidence.push_back(std::move(one));
  }
  object["evidence"] = std::move(evidence);
  json::Array fixes;
  for (const Fix &fix : finding.fixes) {
    json::Array edits;
    for (const TextEdit &edit : fix.edits)
      edits.push_back(edited(edit));
    fixes.push_back(json::Object{{"description", utf8(fix.description)},
                                 {"kind", catalog::nameOf(fix.kind)},
                                 {"edits", std::move(edits)}});
  }
  object["fixes"] = std::move(fixes);
  return object;
}

json::Object toJson(const ReportedFinding &reported) {
  json::Object object = toJson(reported.finding);
  object["fingerprint"] = reported.fingerprint;
  return object;
}

json::Object toJson(const Problem &problem) {
  json::Object object{{"problem", problemName(problem.kind)}, {"message", utf8(problem.message)}};
  if (!problem.unit.empty())
    object["unit"] = utf8(problem.unit);
  if (!problem.place.file.empty())
    object["place"] = placed(problem.place);
  if (!problem.hint.empty())
    object["hint"] = utf8(problem.hint);
  return object;
}

static std::string text(const json::Object &object, llvm::StringRef key) {
  return object.getString(key).value_or("").str();
}

static unsigned number(const json::Object &object, llvm::StringRef key) {
  return static_cast<unsigned>(object.getInteger(key).value_or(0));
}

static Place placeFrom(const json::Object &object) {
  return {text(object, "file"), number(object, "line"), number(object, "column"), number(object, "endLine"),
          number(object, "endColumn")};
}

static Fix fixFrom(const json::Object &object) {
  Fix fix;
  fix.description = text(object, "description");
  fix.kind = catalog::valueOf<catalog::FixKind>(text(object, "kind")).value_or(catalog::FixKind::Unsafe);
  if (const json::Array *edits = object.getArray("edits"))
    for (const json::Value &value : *edits)
      if (const json::Object *edit = value.getAsObject())
        fix.edits.push_back(
            {text(*edit, "file"), number(*edit, "offset"), number(*edit, "length"), text(*edit, "replacement")});
  return fix;
}

llvm::Expected<Finding> findingFromJson(const json::Object &object) {
  Finding finding;
  std::string rule = text(object, "rule");
  finding.rule = findRuleOrNote(rule);
  if (!finding.rule)
    return llvm::createStringError("a finding names the rule '" + rule + "', which this coroguard does not have");
  finding.severity = catalog::valueOf<catalog::Severity>(text(object, "severity")).value_or(finding.rule->severity);
  finding.precision = catalog::valueOf<catalog::Precision>(text(object, "precision")).value_or(finding.rule->precision);
  finding.message = text(object, "message");
  finding.cure = text(object, "cure");
  finding.symbol = text(object, "symbol");
  finding.place = placeFrom(object);
  if (finding.place.file.empty() || finding.message.empty())
    return llvm::createStringError("a finding of '" + rule + "' has no file or no message");
  if (const json::Array *evidence = object.getArray("evidence"))
    for (const json::Value &value : *evidence)
      if (const json::Object *step = value.getAsObject())
        finding.evidence.push_back({placeFrom(*step), text(*step, "message")});
  if (const json::Array *fixes = object.getArray("fixes"))
    for (const json::Value &value : *fixes)
      if (const json::Object *fix = value.getAsObject())
        finding.fixes.push_back(fixFrom(*fix));
  return finding;
}

llvm::Expected<Problem> problemFromJson(const json::Object &object) {
  Problem problem;
  for (auto kind : {Problem::Kind::Compile, Problem::Kind::Crash, Problem::Kind::Timeout, Problem::Kind::Configuration})
    if (problemName(kind) == text(object, "problem"))
      problem.kind = kind;
  problem.unit = text(object, "unit");
  problem.message = text(object, "message");
  problem.hint = text(object, "hint");
  if (const json::Object *place = object.getObject("place"))
    problem.place = placeFrom(*place);
  if (problem.message.empty())
    return llvm::createStringError("a problem without a message");
  return problem;
}

} // namespace coroguard::report
