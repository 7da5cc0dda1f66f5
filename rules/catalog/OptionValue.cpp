// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Checks and reads option values.
#include "rules/catalog/OptionValue.h"

#include "rules/catalog/Problem.h"

#include "llvm/ADT/STLExtras.h"

#include <optional>

namespace coroguard::catalog {

namespace {

std::optional<bool> flagOf(StringRef value) {
  // What clang-tidy itself accepts.
  if (value == "true" || value == "1") return true;
  if (value == "false" || value == "0") return false;
  return std::nullopt;
}

bool checkList(const OptionInfo &option, StringRef value, StringRef who, std::vector<std::string> &problems) {
  bool good = true;
  if (option.choices.empty()) return good;
  for (const std::string &item : listItems(value)) {
    if (llvm::is_contained(option.choices, item)) continue;
    good = false;
    const bool comma = item.find(',') != std::string::npos;
    problems.push_back(
        who.str() + ": unknown item '" + item + "'" +
        (comma ? std::string("; items are separated by ';'") : suggestion(item, option.choices, "the items are")));
  }
  return good;
}

std::string nameOfOption(const RuleInfo &rule, StringRef option) {
  return "option " + rule.id.str() + "." + option.str();
}

/// The value to read: the configured one if it is right, else the default.
StringRef valueToRead(const RuleInfo &rule, const OptionInfo &info, const StringRef *value,
                      std::vector<std::string> &problems) {
  if (!value || !checkOptionValue(info, value->trim(), nameOfOption(rule, info.name), problems))
    return info.defaultValue;
  return value->trim();
}

} // namespace

std::vector<std::string> listItems(StringRef value) {
  llvm::SmallVector<StringRef> parts;
  value.split(parts, ';');
  std::vector<std::string> items;
  for (StringRef part : parts)
    if (!part.trim().empty()) items.push_back(part.trim().str());
  return items;
}

bool checkOptionValue(const OptionInfo &option, StringRef value, StringRef who, std::vector<std::string> &problems) {
  if (option.type == "list") return checkList(option, value, who, problems);
  std::string wanted;
  int64_t number;
  if (option.type == "bool" && !flagOf(value))
    wanted = "must be true or false";
  else if (option.type == "int" && (value.getAsInteger(10, number) || number < INT32_MIN || number > INT32_MAX))
    wanted = "must be a whole number";
  else if (option.type == "enum" && !llvm::is_contained(option.choices, value)) {
    problems.push_back(who.str() + ": unknown value '" + value.str() + "'" +
                       suggestion(value, option.choices, "the values are"));
    return false;
  }
  if (wanted.empty()) return true;
  problems.push_back(who.str() + ": " + wanted + ", not '" + value.str() + "'");
  return false;
}

const OptionInfo *findOption(const RuleInfo &rule, StringRef name) {
  for (const OptionInfo &option : rule.options)
    if (option.name == name) return &option;
  return nullptr;
}

bool readFlag(const RuleInfo &rule, StringRef option, const StringRef *value, std::vector<std::string> &problems) {
  const OptionInfo *info = findOption(rule, option);
  return info && flagOf(valueToRead(rule, *info, value, problems)).value_or(false);
}

int readNumber(const RuleInfo &rule, StringRef option, const StringRef *value, std::vector<std::string> &problems) {
  const OptionInfo *info = findOption(rule, option);
  int number = 0;
  if (info) valueToRead(rule, *info, value, problems).getAsInteger(10, number);
  return number;
}

std::string readText(const RuleInfo &rule, StringRef option, const StringRef *value,
                     std::vector<std::string> &problems) {
  const OptionInfo *info = findOption(rule, option);
  return info ? valueToRead(rule, *info, value, problems).str() : std::string();
}

std::vector<std::string> readList(const RuleInfo &rule, StringRef option, const StringRef *value,
                                  std::vector<std::string> &problems) {
  const OptionInfo *info = findOption(rule, option);
  if (!info) return {};
  if (!value) return listItems(info->defaultValue);
  if (!checkOptionValue(*info, *value, nameOfOption(rule, option), problems)) {
    std::vector<std::string> known = listItems(*value);
    llvm::erase_if(known, [&](const std::string &item) { return !llvm::is_contained(info->choices, item); });
    return known;
  }
  return listItems(*value);
}

} // namespace coroguard::catalog
