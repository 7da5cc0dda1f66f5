// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How the enumerations of the catalogue are spelled in YAML, texts and reports. The only place that spells them.
#pragma once

#include "rules/catalog/Catalog.h"

#include <optional>

namespace coroguard::catalog {

/// The spellings of an enumeration, in the order of its enumerators.
template <typename Enum> ArrayRef<StringRef> namesOf();
template <> ArrayRef<StringRef> namesOf<Severity>();
template <> ArrayRef<StringRef> namesOf<Precision>();
template <> ArrayRef<StringRef> namesOf<Profile>();
template <> ArrayRef<StringRef> namesOf<FixKind>();
template <> ArrayRef<StringRef> namesOf<RuleStatus>();
template <> ArrayRef<StringRef> namesOf<Start>();
template <> ArrayRef<StringRef> namesOf<Drop>();
template <> ArrayRef<StringRef> namesOf<TypeRole>();
template <> ArrayRef<StringRef> namesOf<FunctionRole>();
template <> ArrayRef<StringRef> namesOf<Predicate>();
template <> ArrayRef<StringRef> namesOf<Blocks>();
template <> ArrayRef<StringRef> namesOf<WhenUnknown>();

template <typename Enum> StringRef nameOf(Enum value) {
  return namesOf<Enum>()[static_cast<size_t>(value)];
}

/// As lists of rules show it: `default`, `strict`, or `runtime` for what only running programs report.
inline StringRef shownProfile(const RuleInfo &rule) {
  return rule.runtimeOnly ? StringRef("runtime") : nameOf(rule.profile);
}

template <typename Enum> std::optional<Enum> valueOf(StringRef name) {
  ArrayRef<StringRef> names = namesOf<Enum>();
  for (size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  return std::nullopt;
}

/// The enumerator's name in C++ (`NeverStarts` of `never-starts`), for generated code.
std::string enumeratorOf(StringRef name);

/// What a predicate of the condition language takes. `Optional`: the argument position may be left out.
enum class TakesArgument : uint8_t { No, Optional, Yes };
enum class Operands : uint8_t { None, OneName, Names, OneNumber };

struct PredicateInfo {
  TakesArgument argument;
  Operands operands;
  StringRef usage;   ///< as in the docs: "flag(i, NAME)"
  StringRef meaning; ///< one sentence fragment
  StringRef inCode;  ///< how the checker tells, and when it cannot
  StringRef atRun;   ///< how the guard tells
};

/// In the order of Predicate.
const PredicateInfo &predicateInfo(Predicate predicate);

/// The purposes for which a library can name its cure.
ArrayRef<StringRef> curePurposes();
/// The categories of rules.
ArrayRef<StringRef> ruleCategories();
/// The types of rule options.
ArrayRef<StringRef> optionTypes();

} // namespace coroguard::catalog
