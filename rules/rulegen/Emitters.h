// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One function per thing that is generated; each lives in a file of its name.
#pragma once

#include "rules/rulegen/Catalogue.h"
#include "rules/rulegen/Output.h"

namespace coroguard::rulegen {

/// rules/<name>/Rule.gen.h and RuleParts.gen.cpp: metadata, typed options and message functions of each rule.
void emitRuleParts(const Catalogue &catalogue, Outputs &outputs);
/// Catalogue.gen.cpp: builtinRules(), builtinModels(), findRule().
void emitCatalogueTables(const Catalogue &catalogue, Outputs &outputs);
/// Rules.gen.h and Rules.gen.cpp: registration with clang-tidy, and creation for `coroguard check`.
void emitRegistry(const Catalogue &catalogue, Outputs &outputs);
/// Interposers.gen.inc: one row per hooked function and per blocking row, for the guard.
void emitInterposers(const Catalogue &catalogue, Outputs &outputs);
/// RuntimeRules.gen.inc: ids and messages of the rules, for the reports of running programs.
void emitRuntimeRules(const Catalogue &catalogue, Outputs &outputs);
/// custom-checks.yaml: rules that stock clang-tidy can run without the plugin (`query` of rule.yaml).
void emitCustomChecks(const Catalogue &catalogue, Outputs &outputs);
/// codechecker-labels.json: profile and severity of each rule, as CodeChecker reads them.
void emitCodeCheckerLabels(const Catalogue &catalogue, Outputs &outputs);
/// options.schema.json: the rules' options as they stand in `.clang-tidy`.
void emitOptionsSchema(const Catalogue &catalogue, Outputs &outputs);

/// rules/schema/*.json: the formats of rule.yaml and of model files. Part of the source tree.
void emitFormatSchemas(Outputs &outputs);
/// docs/reference/*.md. Part of the source tree.
void emitReferencePages(const Catalogue &catalogue, Outputs &outputs);

} // namespace coroguard::rulegen
