// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Emits the catalogue as constant tables: no constructor runs when a program with them starts.
#include "rules/rulegen/Emitters.h"

#include "rules/catalog/Names.h"

#include "llvm/ADT/StringExtras.h"

namespace coroguard::rulegen {

using namespace catalog;

namespace {

/// Writes arrays under numbered names and remembers equal ones.
class TableWriter {
public:
  /// The C++ expression of an ArrayRef over `items`; declares the array when it is not empty.
  std::string array(StringRef type, const std::vector<std::string> &items) {
    if (items.empty()) return "{}";
    std::string content = type.str() + "{" + llvm::join(items, ", ") + "}";
    auto [entry, fresh] = arrays_.try_emplace(content, "a" + std::to_string(arrays_.size()));
    if (fresh) text_ += "constexpr " + type.str() + " " + entry->second + "[] = {" + llvm::join(items, ", ") + "};\n";
    return entry->second;
  }
  std::string texts(ArrayRef<StringRef> values) {
    std::vector<std::string> items;
    for (StringRef value : values)
      items.push_back(literal(value));
    return array("StringRef", items);
  }
  std::string cures(ArrayRef<Cure> values) {
    std::vector<std::string> items;
    for (const Cure &cure : values)
      items.push_back("{" + literal(cure.library) + ", " + literal(cure.text) + "}");
    return array("Cure", items);
  }
  const std::string &text() const { return text_; }

private:
  std::string text_;
  std::map<std::string, std::string> arrays_;
};

template <typename Enum> std::string value(StringRef type, Enum e) {
  return type.str() + "::" + enumeratorOf(nameOf(e));
}
std::string value(bool flag) {
  return flag ? "true" : "false";
}

std::string braces(const std::vector<std::string> &fields) {
  return "{" + llvm::join(fields, ", ") + "}";
}

std::string ruleRow(TableWriter &tables, const RuleInfo &rule) {
  std::vector<std::string> options, messages, references;
  for (const OptionInfo &option : rule.options)
    options.push_back(braces({literal(option.name), literal(option.type), literal(option.defaultValue),
                              literal(option.doc), tables.texts(option.choices)}));
  for (const MessageInfo &message : rule.messages)
    messages.push_back(braces({literal(message.name), literal(message.text)}));
  for (const Reference &reference : rule.references)
    references.push_back(braces({literal(reference.title), literal(reference.url)}));
  return braces({literal(rule.id), literal(rule.name), literal(rule.summary), literal(rule.help),
                 literal(rule.category), value("Severity", rule.severity), value("Precision", rule.precision),
                 value("Profile", rule.profile), value("FixKind", rule.fix), value("RuleStatus", rule.status),
                 literal(rule.since), literal(rule.runtimeDetector), value(rule.runtimeOnly), tables.array("OptionInfo", options),
                 tables.array("MessageInfo", messages), tables.array("Reference", references),
                 tables.texts(rule.related), tables.texts(rule.yieldsTo), tables.texts(rule.tags), rawLiteral(rule.page)});
}

std::string libraryRow(TableWriter &tables, const LibraryInfo &library) {
  return braces({literal(library.id), literal(library.name), literal(library.documentation),
                 tables.texts(library.namespaces), tables.cures(library.cures)});
}

std::string typeRow(const TypeModel &row) {
  return braces({literal(row.name), literal(row.library), value("TypeRole", row.role), value("Start", row.start),
                 value("Drop", row.drop), value(row.singleShot), value(row.threadHop), value(row.readyConversion),
                 literal(row.reason), literal(row.source)});
}

std::string functionRow(const FunctionModel &row) {
  return braces({literal(row.name), literal(row.library), value("FunctionRole", row.role), std::to_string(row.argument),
                 value(row.keepsCallable), value(row.lendsCallable), value(row.dropsCallable), std::to_string(row.borrows), value(row.blocks), value(row.returnsTask), value(row.startsHere),
                 literal(row.reason), literal(row.source)});
}

std::string blockingRow(TableWriter &tables, const BlockingModel &row) {
  std::vector<std::string> atoms;
  for (const Atom &atom : row.when)
    atoms.push_back(braces({value("Predicate", atom.predicate), value(atom.negated), std::to_string(atom.argument),
                            tables.texts(atom.operands)}));
  return braces({literal(row.name), literal(row.signature), literal(row.header), literal(row.library),
                 value("Blocks", row.blocks), tables.array("Atom", atoms), literal(row.whenText),
                 value("WhenUnknown", row.unknown), literal(row.category), tables.cures(row.instead),
                 literal(row.reason), literal(row.source), value(row.intercept)});
}

std::string categoryRow(const CategoryInfo &row) {
  return braces({literal(row.name), literal(row.doc), value("Profile", row.profile), value("Severity", row.severity)});
}

/// A named table with one row per line, or nothing when there are no rows (C++ has no empty arrays).
std::string table(StringRef type, StringRef name, const std::vector<std::string> &rows) {
  if (rows.empty()) return "constexpr ArrayRef<" + type.str() + "> " + name.str() + ";\n";
  return "constexpr " + type.str() + " " + name.str() + "[] = {\n    " + llvm::join(rows, ",\n    ") + "};\n";
}

} // namespace

void emitCatalogueTables(const Catalogue &catalogue, Outputs &outputs) {
  TableWriter tables;
  std::vector<std::string> rules, libraries, categories, types, functions, blocking;
  for (const Rule &rule : catalogue.rules)
    rules.push_back(ruleRow(tables, rule.info()));
  for (const LibraryInfo &row : catalogue.libraries)
    libraries.push_back(libraryRow(tables, row));
  for (const CategoryInfo &row : catalogue.categories)
    categories.push_back(categoryRow(row));
  for (const TypeModel &row : catalogue.types)
    types.push_back(typeRow(row));
  for (const FunctionModel &row : catalogue.functions)
    functions.push_back(functionRow(row));
  for (const BlockingModel &row : catalogue.blocking)
    blocking.push_back(blockingRow(tables, row));
  std::string text = generatedHeader("Every rule and every model row.");
  text += "#include \"rules/catalog/Catalog.h\"\n\nnamespace coroguard::catalog {\n\nnamespace {\n\n" + tables.text() +
          "\n";
  text += table("RuleInfo", "rules", rules) + table("LibraryInfo", "libraries", libraries) +
          table("CategoryInfo", "categories", categories) + table("TypeModel", "types", types) +
          table("FunctionModel", "functions", functions) + table("BlockingModel", "blocking", blocking);
  text += "\nconstexpr Models models = {libraries, categories, types, functions, blocking};\n\n} // namespace\n\n"
          "ArrayRef<RuleInfo> builtinRules() { return rules; }\n\n"
          "const Models &builtinModels() { return models; }\n\n"
          "const RuleInfo *findRule(StringRef idOrName) {\n"
          "  for (const RuleInfo &rule : builtinRules())\n"
          "    if (rule.id == idOrName || rule.name == idOrName)\n      return &rule;\n"
          "  return nullptr;\n}\n\n} // namespace coroguard::catalog\n";
  outputs["Catalogue.gen.cpp"] = std::move(text);
}

} // namespace coroguard::rulegen
