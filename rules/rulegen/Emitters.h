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

} // namespace coroguard::rulegen
