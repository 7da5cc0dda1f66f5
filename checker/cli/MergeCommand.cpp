// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard merge`: the json reports of shards as if one run had made them.
#include "checker/cli/Commands.h"
#include "checker/cli/Reports.h"
#include "checker/cli/Terminal.h"
#include "checker/cli/Units.h"
#include "checker/report/FindingJson.h"
#include "checker/report/Suppressions.h"

#include "llvm/Support/MemoryBuffer.h"

#include <set>

namespace coroguard::cli {
namespace {

namespace json = llvm::json;

struct Joined {
  report::Run run;
  std::vector<Finding> findings;
  std::vector<report::Problem> problems;
  std::set<llvm::StringRef> rules;
};

llvm::Error addParts(const json::Object &object, Joined &joined) {
  for (const json::Value &value : *object.getArray("findings")) {
    const json::Object *one = value.getAsObject();
    auto finding = one ? report::findingFromJson(*one) : llvm::createStringError("a finding that is no object");
    if (!finding)
      return finding.takeError();
    joined.findings.push_back(std::move(*finding));
  }
  if (const json::Array *problems = object.getArray("problems"))
    for (const json::Value &value : *problems)
      if (const json::Object *one = value.getAsObject()) {
        auto problem = report::problemFromJson(*one);
        if (!problem)
          return problem.takeError();
        joined.problems.push_back(std::move(*problem));
      }
  if (const json::Array *rules = object.getArray("rules"))
    for (const json::Value &value : *rules)
      if (const catalog::RuleInfo *rule = report::findRuleOrNote(value.getAsString().value_or("")))
        joined.rules.insert(rule->id);
  return llvm::Error::success();
}

llvm::Error addFile(const std::string &path, Joined &joined) {
  auto wrong = [&](const llvm::Twine &what) {
    return llvm::createStringError("'" + path + "' " + what + "; merge joins what 'coroguard check --report json=FILE' writes");
  };
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return wrong("cannot be read: " + buffer.getError().message());
  auto value = json::parse((*buffer)->getBuffer());
  if (!value)
    return wrong("is not valid JSON: " + llvm::toString(value.takeError()));
  const json::Object *object = value->getAsObject();
  if (!object || !object->getArray("findings") || !object->getBoolean("complete"))
    return wrong("is not a json report of coroguard");
  std::string profile = object->getString("profile").value_or("").str();
  if (!joined.run.profile.empty() && joined.run.profile != profile)
    return wrong("is of profile " + profile + ", another file of profile " + joined.run.profile);
  joined.run.profile = profile;
  size_t problemsBefore = joined.problems.size();
  if (llvm::Error error = addParts(*object, joined))
    return wrong("cannot be used: " + llvm::toString(std::move(error)));
  joined.run.units += object->getInteger("units").value_or(0);
  joined.run.analysed += object->getInteger("analysed").value_or(0);
  joined.run.interrupted |= !*object->getBoolean("complete") && joined.problems.size() == problemsBefore;
  return llvm::Error::success();
}

} // namespace

int runMergeCommand(const MergeArguments &arguments, const std::string &color) {
  auto fail = [&](llvm::Error error) {
    sayError(llvm::toString(std::move(error)), color);
    return exitFailure;
  };
  auto outputs = Outputs::open(arguments.check, color);
  if (!outputs)
    return fail(outputs.takeError());
  Joined joined;
  for (const std::string &file : arguments.check.paths)
    if (llvm::Error error = addFile(file, joined))
      return fail(std::move(error));

  report::Report report;
  report.run = std::move(joined.run);
  report.run.version = versionText();
  report.run.root = rootFor(arguments.check, {});
  for (const catalog::RuleInfo &rule : catalog::builtinRules())
    if (joined.rules.count(rule.id))
      report.run.rules.push_back(&rule);
  if (joined.rules.count(report::unusedSuppressionRule().id))
    report.run.rules.push_back(&report::unusedSuppressionRule());
  report.problems = report::sortedByUnit(std::move(joined.problems));
  report::SourceText sources(report.run.root); // fingerprints are made anew: a header's findings may come from many shards
  report.findings = report::arrange(std::move(joined.findings), report.run.root, sources);
  bool written = outputs->write(report, sources);
  return statusOf(report, written, arguments.check.exitZero);
}

} // namespace coroguard::cli
