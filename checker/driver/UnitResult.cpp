// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the lines of a unit's analysis.
#include "checker/driver/UnitAnalysis.h"
#include "checker/report/FindingJson.h"

#include "llvm/ADT/StringExtras.h"

namespace coroguard::driver {

namespace json = llvm::json;

static void readEnd(const json::Object &end, UnitResult &result) {
  result.complete = true;
  result.parseSeconds = end.getNumber("parse").value_or(0);
  result.layoutSeconds = end.getNumber("layout").value_or(0);
  if (const json::Object *rules = end.getObject("rules"))
    for (const auto &[rule, seconds] : *rules)
      result.ruleSeconds.emplace_back(rule.str(), seconds.getAsNumber().value_or(0));
  if (const json::Array *dropped = end.getArray("dropped"))
    for (const json::Value &option : *dropped)
      result.droppedOptions.push_back(option.getAsString().value_or("").str());
}

static unsigned numberOf(const json::Object &object, llvm::StringRef key) {
  return static_cast<unsigned>(object.getInteger(key).value_or(0));
}

static void readLine(const json::Object &line, UnitResult &result) {
  if (auto phase = line.getString("phase"))
    result.phase = phase->str();
  result.again |= line.getBoolean("again").value_or(false);
  if (const json::Object *object = line.getObject("finding")) {
    if (auto finding = report::findingFromJson(*object))
      result.findings.push_back(std::move(*finding));
    else
      result.problems.push_back({report::Problem::Kind::Crash, "", {}, llvm::toString(finding.takeError()), ""});
  }
  if (const json::Object *object = line.getObject("problem")) {
    if (auto problem = report::problemFromJson(*object))
      result.problems.push_back(std::move(*problem));
    else
      result.problems.push_back({report::Problem::Kind::Crash, "", {}, llvm::toString(problem.takeError()), ""});
  }
  if (const json::Object *object = line.getObject("nolint"))
    result.suppressions.files[object->getString("file").value_or("").str()].comments.insert(numberOf(*object, "line"));
  if (const json::Object *object = line.getObject("suppressed"))
    result.suppressions.files[object->getString("file").value_or("").str()].suppressed.emplace(
        numberOf(*object, "line"), object->getString("rule").value_or("").str());
  if (auto part = line.getString("part"))
    result.parts.push_back(part->str());
  if (auto dump = line.getString("dump"))
    result.dump += dump->str();
  if (const json::Object *leftOut = line.getObject("leftOut"))
    result.leftOut.push_back({leftOut->getString("function").value_or("").str(),
                              {leftOut->getString("file").value_or("").str(), numberOf(*leftOut, "line"),
                               numberOf(*leftOut, "column"), 0, 0},
                              leftOut->getString("why").value_or("").str()});
  if (const json::Object *end = line.getObject("end"))
    readEnd(*end, result);
}

UnitResult readUnitResult(llvm::StringRef text) {
  UnitResult result;
  for (llvm::StringRef line : llvm::split(text, '\n')) {
    if (line.empty())
      continue;
    llvm::Expected<json::Value> value = json::parse(line);
    if (!value) { // the line that was being written when the process ended
      llvm::consumeError(value.takeError());
      continue;
    }
    if (const json::Object *object = value->getAsObject())
      readLine(*object, result);
  }
  return result;
}

} // namespace coroguard::driver
