// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tables that several pages show. Each is a function of the catalogue and of the page it stands in.
#include "rules/rulegen/DocBlocks.h"

#include "rules/catalog/Names.h"
#include "rules/rulegen/Markdown.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>

namespace coroguard::rulegen {

using namespace catalog;

namespace {

std::string pageOf(const RuleInfo &rule) {
  return "rules/" + rule.name.str() + "/README.md";
}

std::string rulesTable(StringRef file, const Catalogue &catalogue) {
  std::vector<TableRow> rows = {{"rule", "finds", "profile", "fix"}};
  for (StringRef category : ruleCategories())
    for (const Rule &rule : catalogue.rules) {
      const RuleInfo &info = rule.info();
      if (info.category == category)
        rows.push_back({link(code(info.id), relativePath(file, pageOf(info))), prose(info.summary),
                        shownProfile(info).str(), info.fix == FixKind::None ? "" : nameOf(info.fix).str()});
    }
  return markdownTable(rows);
}

std::string optionsTable(const RuleInfo &rule) {
  std::vector<TableRow> rows = {{"option", "type", "default", "what it does"}};
  for (const OptionInfo &option : rule.options) {
    std::string doc = prose(option.doc);
    if (!option.choices.empty()) {
      std::vector<std::string> choices;
      for (StringRef choice : option.choices)
        choices.push_back(code(choice));
      doc += std::string(StringRef(doc).ends_with(".") ? "" : ".") + " One of: " + llvm::join(choices, ", ");
    }
    rows.push_back({code(rule.id.str() + "." + option.name.str()), option.type.str(), code(option.defaultValue), doc});
  }
  return rows.size() > 1 ? markdownTable(rows) : std::string();
}

std::string allOptions(StringRef, const Catalogue &catalogue) {
  std::string text;
  for (const Rule &rule : catalogue.rules)
    if (std::string table = optionsTable(rule.info()); !table.empty()) text += (text.empty() ? "" : "\n") + table;
  return text.empty() ? "No rule has options.\n" : text;
}

std::string ruleCard(StringRef file, const Catalogue &catalogue) {
  for (const Rule &rule : catalogue.rules) {
    const RuleInfo &info = rule.info();
    if (pageOf(info) != file) continue;
    std::string fix = info.fix == FixKind::None ? "" : ", " + nameOf(info.fix).str() + " fix";
    std::string text = code(info.id) + ": " + nameOf(info.severity).str() + ", " + shownProfile(info).str() +
                       " profile, " + nameOf(info.precision).str() + " precision" + fix + ", " +
                       nameOf(info.status).str() + " since " + info.since.str() + ".\n";
    if (std::string table = optionsTable(info); !table.empty()) text += "\n" + table;
    if (!info.related.empty()) {
      std::vector<std::string> links;
      for (StringRef related : info.related)
        links.push_back(link(code(related), "../" + related.str() + "/README.md"));
      text += "\nRelated: " + llvm::join(links, ", ") + ".\n";
    }
    if (!info.yieldsTo.empty()) {
      std::vector<std::string> links;
      for (StringRef other : info.yieldsTo)
        links.push_back(link(code(other), "../" + other.str() + "/README.md"));
      text += "\nSilent where one of these speaks: " + llvm::join(links, ", ") + ".\n";
    }
    return text;
  }
  return "";
}

std::string categoriesTable(StringRef, const Catalogue &catalogue) {
  std::vector<TableRow> rows = {{"category", "what it does to the thread", "profile", "severity", "functions"}};
  for (const CategoryInfo &category : catalogue.categories) {
    const size_t count = std::count_if(catalogue.blocking.begin(), catalogue.blocking.end(),
                                       [&](const BlockingModel &row) { return row.category == category.name; });
    rows.push_back({code(category.name), prose(category.doc), nameOf(category.profile).str(),
                    nameOf(category.severity).str(), std::to_string(count)});
  }
  return markdownTable(rows);
}

template <typename Row> std::string countOf(const std::vector<Row> &rows, StringRef library) {
  const size_t count = std::count_if(rows.begin(), rows.end(), [&](const Row &row) { return row.library == library; });
  return count == 0 ? "" : std::to_string(count);
}

std::string librariesTable(StringRef, const Catalogue &catalogue) {
  std::vector<TableRow> rows = {{"library", "id", "namespaces", "types", "functions", "blocking calls"}};
  for (const LibraryInfo &library : catalogue.libraries) {
    std::vector<std::string> namespaces;
    for (StringRef name : library.namespaces)
      namespaces.push_back(code(name));
    rows.push_back({link(prose(library.name), library.documentation), code(library.id), llvm::join(namespaces, ", "),
                    countOf(catalogue.types, library.id), countOf(catalogue.functions, library.id),
                    countOf(catalogue.blocking, library.id)});
  }
  return markdownTable(rows);
}

std::string predicatesTable(StringRef, const Catalogue &) {
  std::vector<TableRow> rows = {{"predicate", "holds when", "in code", "at run time"}};
  for (size_t i = 0; i < namesOf<Predicate>().size(); ++i) {
    const PredicateInfo &info = predicateInfo(static_cast<Predicate>(i));
    rows.push_back({code(info.usage), prose(info.meaning), prose(info.inCode), prose(info.atRun)});
  }
  return markdownTable(rows);
}

StringRef shapeName(FieldShape shape) {
  switch (shape) {
  case FieldShape::Text:
    return "text";
  case FieldShape::Flag:
    return "true or false";
  case FieldShape::Integer:
    return "number";
  case FieldShape::Choice:
    return "one of";
  case FieldShape::Texts:
    return "list of texts";
  case FieldShape::Any:
    return "text, number or list";
  case FieldShape::Record:
    return "map";
  case FieldShape::Records:
    return "list of maps";
  case FieldShape::TextMap:
    return "map of texts";
  }
  return "";
}

std::string formatTables(const RecordFormat &format, StringRef title) {
  std::vector<TableRow> rows = {{"key", "value", "meaning"}};
  std::string nested;
  for (const FieldFormat &field : format.fields) {
    std::string shape = shapeName(field.shape).str();
    std::vector<std::string> choices;
    for (StringRef choice : field.choices)
      choices.push_back(code(choice));
    if (!choices.empty())
      shape += std::string(field.shape == FieldShape::TextMap ? " with keys " : " ") + llvm::join(choices, ", ");
    rows.push_back({code(field.key) + (field.required ? " (required)" : ""), shape, prose(field.doc)});
    if (field.record) nested += "\n" + formatTables(*field.record, field.key);
  }
  std::string head = title.empty() ? "" : "**" + code(title) + "**\n\n";
  return head + markdownTable(rows) + nested;
}

std::string modelFormatTables(StringRef, const Catalogue &) {
  return formatTables(modelFormat(), "");
}
std::string ruleFormatTables(StringRef, const Catalogue &) {
  return formatTables(ruleFormat(), "");
}
std::string projectFormatTables(StringRef, const Catalogue &) {
  return formatTables(projectFormat(), "");
}

struct Block {
  StringRef name;
  std::string (*write)(StringRef file, const Catalogue &catalogue);
};

constexpr Block blocks[] = {
    {"rules", rulesTable},
    {"rule", ruleCard},
    {"options", allOptions},
    {"categories", categoriesTable},
    {"libraries", librariesTable},
    {"predicates", predicatesTable},
    {"model-format", modelFormatTables},
    {"rule-format", ruleFormatTables},
    {"project-format", projectFormatTables},
};

} // namespace

std::vector<StringRef> docBlockNames() {
  std::vector<StringRef> names;
  for (const Block &block : blocks)
    names.push_back(block.name);
  return names;
}

std::string docBlock(StringRef name, StringRef file, const Catalogue &catalogue) {
  for (const Block &block : blocks)
    if (block.name == name) return block.write(file, catalogue);
  return "";
}

std::string relativePath(StringRef file, StringRef target) {
  // Leave out the folders that both have in common, then go up from the rest.
  while (file.contains('/') && target.contains('/') && file.split('/').first == target.split('/').first) {
    file = file.split('/').second;
    target = target.split('/').second;
  }
  std::string result;
  for (size_t i = 0; i < file.count('/'); ++i)
    result += "../";
  return result + target.str();
}

} // namespace coroguard::rulegen
