// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The labels file of CodeChecker (config/labels/analyzers/clang-tidy.json has the same form).
#include "rules/rulegen/Emitters.h"

#include "rules/catalog/Names.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

namespace coroguard::rulegen {

using namespace catalog;
namespace json = llvm::json;

namespace {

/// CodeChecker's words: a finding of ours is at most a defect, never a compiler error.
StringRef severityLabel(Severity severity) {
  switch (severity) {
  case Severity::Note:
    return "LOW";
  case Severity::Warning:
    return "MEDIUM";
  case Severity::Error:
    return "HIGH";
  }
  return "";
}

} // namespace

void emitCodeCheckerLabels(const Catalogue &catalogue, Outputs &outputs) {
  json::Object labels;
  for (const Rule &rule : catalogue.rules) {
    const RuleInfo &info = rule.info();
    if (info.runtimeOnly) continue;
    json::Array one{"category:" + info.category.str(), "precision:" + nameOf(info.precision).str()};
    if (info.profile == Profile::Default) one.push_back("profile:default");
    one.push_back("profile:extreme");
    one.push_back("severity:" + severityLabel(info.severity).str());
    labels[info.id] = std::move(one);
  }
  json::Value file = json::Object{{"analyzer", "clang-tidy"}, {"labels", std::move(labels)}};
  outputs["codechecker-labels.json"] = llvm::formatv("{0:2}\n", file).str();
}

} // namespace coroguard::rulegen
