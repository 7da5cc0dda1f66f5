// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits what a rule's C++ code sees of its rule.yaml.
#include "rules/rulegen/Emitters.h"

#include "rules/catalog/OptionValue.h"

#include "llvm/ADT/StringExtras.h"

namespace coroguard::rulegen {

using catalog::MessageInfo;
using catalog::OptionInfo;

namespace {

std::string memberOf(const OptionInfo &option) {
  std::string name = option.name.str();
  name[0] = llvm::toLower(name[0]);
  return name;
}

StringRef memberType(const OptionInfo &option) {
  if (option.type == "bool") return "bool";
  if (option.type == "int") return "int";
  return option.type == "list" ? "std::vector<std::string>" : "std::string";
}

std::string memberDefault(const OptionInfo &option) {
  if (option.type == "bool" || option.type == "int") return option.defaultValue.str();
  if (option.type != "list") return literal(option.defaultValue);
  std::vector<std::string> items;
  for (const std::string &item : catalog::listItems(option.defaultValue))
    items.push_back(literal(item));
  return "{" + llvm::join(items, ", ") + "}";
}

StringRef readerOf(const OptionInfo &option) {
  if (option.type == "bool") return "readFlag";
  if (option.type == "int") return "readNumber";
  return option.type == "list" ? "readList" : "readText";
}

std::string messageDeclaration(const MessageInfo &message) {
  std::vector<std::string> parameters;
  for (StringRef name : catalog::placeholdersOf(message.text))
    parameters.push_back("llvm::StringRef " + name.str());
  return "std::string " + message.name.str() + "(" + llvm::join(parameters, ", ") + ")";
}

std::string ruleHeader(const Rule &rule) {
  std::string text = generatedHeader("Metadata, options and messages of " + rule.info().id.str() + ".");
  text += "#pragma once\n\n#include \"rules/catalog/Catalog.h\"\n\n#include \"clang-tidy/ClangTidyCheck.h\"\n\n"
          "#include <string>\n#include <vector>\n\n";
  text += "namespace coroguard::rules::" + rule.snakeName() + " {\n\n";
  text += "/// Static storage.\nconst catalog::RuleInfo &info();\n\n";
  text += "struct Options {\n";
  for (const OptionInfo &option : rule.info().options)
    text += "  /// " + option.doc.str() + "\n  " + memberType(option).str() + " " + memberOf(option) + " = " +
            memberDefault(option) + ";\n";
  text += "  /// What is wrong with the configured values, one sentence each; wrong ones read as their default.\n"
          "  std::vector<std::string> problems;\n\n"
          "  static Options read(const clang::tidy::ClangTidyCheck::OptionsView &view);\n"
          "  void store(const clang::tidy::ClangTidyCheck::OptionsView &view,\n"
          "             clang::tidy::ClangTidyOptions::OptionMap &options) const;\n};\n\n";
  text += "namespace message {\n\n";
  for (const MessageInfo &message : rule.info().messages)
    text += "/// " + llvm::join(llvm::split(message.text, '\n'), " ") + "\n" + messageDeclaration(message) + ";\n";
  return text + "\n} // namespace message\n\n} // namespace coroguard::rules::" + rule.snakeName() + "\n";
}

std::string optionsCode(const Rule &rule) {
  StringRef unused = rule.info().options.empty() ? "[[maybe_unused]] " : "";
  std::string read, store;
  for (const OptionInfo &option : rule.info().options) {
    const std::string name = literal(option.name), member = memberOf(option);
    read += "  result." + member + " = catalog::" + readerOf(option).str() + "(info(), " + name +
            ", Configured(view, " + name + ").get(), result.problems);\n";
    std::string value = option.type == "list" ? "llvm::join(" + member + ", \";\")" : member;
    store +=
        "  view.store(options, " + name + ", " +
        (option.type == "list" || option.type == "int" || option.type == "bool" ? value
                                                                                : "llvm::StringRef(" + value + ")") +
        ");\n";
  }
  return "Options Options::read(" + unused.str() +
         "const clang::tidy::ClangTidyCheck::OptionsView &view) {\n  Options result;\n" + read +
         "  return result;\n}\n\n"
         "void Options::store(" +
         unused.str() + "const clang::tidy::ClangTidyCheck::OptionsView &view,\n                    " + unused.str() +
         "clang::tidy::ClangTidyOptions::OptionMap &options) const {\n" + store + "}\n\n";
}

std::string messageCode(const MessageInfo &message) {
  std::string text = messageDeclaration(message) + " {\n  std::string text;\n";
  StringRef rest = message.text;
  while (!rest.empty()) {
    auto [before, after] = rest.split('{');
    if (!before.empty()) text += "  text += " + literal(before) + ";\n";
    auto [placeholder, tail] = after.split('}');
    if (!placeholder.empty()) text += "  text += " + placeholder.str() + ";\n";
    rest = tail;
  }
  return text + "  return text;\n}\n\n";
}

std::string ruleCode(const Rule &rule) {
  std::string text = "namespace rules::" + rule.snakeName() + " {\n\n";
  text += "const catalog::RuleInfo &info() {\n  static const catalog::RuleInfo &rule = *catalog::findRule(" +
          literal(rule.info().id) + ");\n  return rule;\n}\n\n";
  text += optionsCode(rule) + "namespace message {\n\n";
  for (const MessageInfo &message : rule.info().messages)
    text += messageCode(message);
  return text + "} // namespace message\n\n} // namespace rules::" + rule.snakeName() + "\n\n";
}

} // namespace

void emitRuleParts(const Catalogue &catalogue, Outputs &outputs) {
  // One source for all rules: it includes clang-tidy once instead of once per rule.
  std::string text = generatedHeader("Options and messages of every rule.");
  for (const Rule &rule : catalogue.rules) {
    const std::string header = "rules/" + rule.info().name.str() + "/Rule.gen.h";
    outputs[header] = ruleHeader(rule);
    text += "#include \"" + header + "\"\n";
  }
  text += "\n#include \"rules/catalog/OptionValue.h\"\n\n#include \"clang-tidy/ClangTidyCheck.h\"\n#include "
          "\"llvm/ADT/StringExtras.h\"\n\n#include <optional>\n\n"
          "namespace coroguard {\n\nnamespace {\n\n"
          "/// A configured value, or null, for the readers.\n"
          "class Configured {\npublic:\n"
          "  Configured(const clang::tidy::ClangTidyCheck::OptionsView &view, llvm::StringRef name) : "
          "value_(view.get(name)) {}\n"
          "  const llvm::StringRef *get() const { return value_ ? &*value_ : nullptr; }\n\n"
          "private:\n  std::optional<llvm::StringRef> value_;\n};\n\n} // namespace\n\n";
  for (const Rule &rule : catalogue.rules)
    text += ruleCode(rule);
  outputs["RuleParts.gen.cpp"] = text + "} // namespace coroguard\n";
}

} // namespace coroguard::rulegen
