// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The values of rule options as people write them: texts against an option's type and choices. No Clang: generated
// option structs, the configuration reader and the rule parser share it.
#pragma once

#include "rules/catalog/Catalog.h"

#include <string>
#include <vector>

namespace coroguard::catalog {

/// Appends to `problems` what is wrong with `value` for `option`. `who` begins each text, for example
/// "option async-blocking-call.Categories": "option async-blocking-call.Categories: unknown item 'slep'; did you mean
/// 'sleep'?". True when nothing is.
bool checkOptionValue(const OptionInfo &option, StringRef value, StringRef who, std::vector<std::string> &problems);

/// The items of a list value: separated by `;`, trimmed, empty ones left out.
std::vector<std::string> listItems(StringRef value);

/// The option of a rule by name, or null.
const OptionInfo *findOption(const RuleInfo &rule, StringRef name);

/// Typed reading for generated code: `value` is null when nothing is configured. A wrong value is said in `problems`
/// and reads as the option's default; of a list only the known items remain.
bool readFlag(const RuleInfo &rule, StringRef option, const StringRef *value, std::vector<std::string> &problems);
int readNumber(const RuleInfo &rule, StringRef option, const StringRef *value, std::vector<std::string> &problems);
std::string readText(const RuleInfo &rule, StringRef option, const StringRef *value,
                     std::vector<std::string> &problems);
std::vector<std::string> readList(const RuleInfo &rule, StringRef option, const StringRef *value,
                                  std::vector<std::string> &problems);

} // namespace coroguard::catalog
