// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The whole run as one JSON object: findings, problems, and whether they are all.
#include "checker/report/FindingJson.h"
#include "checker/report/Format.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {

namespace json = llvm::json;

static void write(const Report &report, SourceText &, const Style &, llvm::raw_ostream &out) {
  json::Array findings, problems, rules;
  for (const ReportedFinding &reported : report.findings)
    findings.push_back(toJson(reported));
  for (const Problem &problem : report.problems)
    problems.push_back(toJson(problem));
  for (const catalog::RuleInfo *rule : report.run.rules)
    rules.push_back(rule->id);
  json::Value value = json::Object{{"tool", json::Object{{"name", "coroguard"}, {"version", report.run.version}}},
                                   {"profile", report.run.profile},
                                   {"rules", std::move(rules)},
                                   {"units", report.run.units},
                                   {"analysed", report.run.analysed},
                                   {"complete", report.problems.empty() && !report.run.interrupted},
                                   {"findings", std::move(findings)},
                                   {"problems", std::move(problems)}};
  out << llvm::formatv("{0:2}\n", value);
}

extern const Format Json;
const Format Json{"json", "the whole run as one JSON object", write};

} // namespace coroguard::report
