// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What only shows when files are seen together: names that exist twice, and names that do not exist.
#include "rules/catalog/ModelFile.h"
#include "rules/catalog/Names.h"

#include "llvm/ADT/StringMap.h"

namespace coroguard::catalog {

namespace {

/// Remembers where a key was seen first and complains about the second time.
class Uniqueness {
public:
  explicit Uniqueness(Problems &problems) : problems_(problems) {}
  void add(const llvm::Twine &key, const std::string &what, Position position) {
    auto [entry, fresh] = seen_.try_emplace(key.str(), position);
    if (fresh) return;
    const Position &first = entry->second;
    std::string place = first.file == position.file ? "in line " + std::to_string(first.line)
                                                    : "at " + first.file.str() + ":" + std::to_string(first.line);
    problems_.add(position, "duplicate " + what + "; first given " + place);
  }

private:
  Problems &problems_;
  llvm::StringMap<Position> seen_;
};

void resolve(ArrayRef<Mention> mentions, ArrayRef<StringRef> known, StringRef what, Problems &problems) {
  for (const Mention &mention : mentions)
    if (!llvm::is_contained(known, mention.text))
      problems.add(mention.position, "unknown " + what.str() + " '" + mention.text.str() + "'" +
                                         suggestion(mention.text, known, "known are"));
}

/// `$::task` means something else in each library.
std::string nameIn(StringRef library, StringRef name) {
  return name.starts_with("$") ? (library + name).str() : name.str();
}

void checkRows(const ParsedModels &file, Uniqueness &seen) {
  const Models &models = file.models();
  for (size_t i = 0; i < models.types.size(); ++i) {
    const TypeModel &row = models.types[i];
    seen.add("type " + nameIn(row.library, row.name) + " " + nameOf(row.role), "row of type '" + row.name.str() + "'",
             file.typePositions()[i]);
  }
  for (size_t i = 0; i < models.functions.size(); ++i) {
    const FunctionModel &row = models.functions[i];
    seen.add("function " + nameIn(row.library, row.name) + " " + nameOf(row.role) + " " + std::to_string(row.argument),
             "row of function '" + row.name.str() + "' with role " + nameOf(row.role).str(),
             file.functionPositions()[i]);
  }
  for (size_t i = 0; i < models.blocking.size(); ++i) {
    const BlockingModel &row = models.blocking[i];
    const bool when = row.blocks == Blocks::When;
    seen.add("blocking " + nameIn(row.library, row.name) + " " + row.whenText,
             "blocking row of '" + row.name.str() + "'" + (when ? " with the same condition" : ""),
             file.blockingPositions()[i]);
  }
  for (size_t i = 0; i < models.categories.size(); ++i)
    seen.add("category " + models.categories[i].name, "category '" + models.categories[i].name.str() + "'",
             file.categoryPositions()[i]);
}

} // namespace

void checkReferences(ArrayRef<const ParsedModels *> files, const Models *builtin, Problems &problems) {
  std::vector<StringRef> libraries, categories;
  auto collect = [&](const Models &models) {
    for (const LibraryInfo &library : models.libraries)
      libraries.push_back(library.id);
    for (const CategoryInfo &category : models.categories)
      categories.push_back(category.name);
  };
  if (builtin) collect(*builtin);
  Uniqueness seen(problems);
  for (const ParsedModels *file : files) {
    collect(file->models());
    checkRows(*file, seen);
    for (const LibraryInfo &library : file->models().libraries) {
      if (file->origin() == ModelOrigin::User) continue; // several files may add to one library
      seen.add("library " + library.id, "library '" + library.id.str() + "'", file->libraryPosition());
      for (StringRef name : library.namespaces)
        seen.add("namespace " + name, "namespace '" + name.str() + "'", file->libraryPosition());
    }
  }
  for (const ParsedModels *file : files) {
    resolve(file->libraryMentions(), libraries, "library", problems);
    resolve(file->categoryMentions(), categories, "category", problems);
  }
}

/// Does the rule `from` yield to `to`, directly or through others? At most `steps` of them.
static bool reaches(StringRef from, StringRef to, ArrayRef<const ParsedRule *> rules, size_t steps) {
  if (from == to) return true;
  const auto *rule = llvm::find_if(rules, [&](const ParsedRule *each) { return each->info().name == from; });
  return steps > 0 && rule != rules.end() &&
         llvm::any_of((*rule)->info().yieldsTo, [&](StringRef next) { return reaches(next, to, rules, steps - 1); });
}

void checkReferences(ArrayRef<const ParsedRule *> rules, Problems &problems) {
  std::vector<StringRef> names;
  Uniqueness seen(problems);
  for (const ParsedRule *rule : rules) {
    names.push_back(rule->info().name);
    seen.add(rule->info().id, "rule id '" + rule->info().id.str() + "'", rule->position());
  }
  for (const ParsedRule *rule : rules) {
    resolve(rule->related(), names, "rule", problems);
    resolve(rule->yieldsTo(), names, "rule", problems);
    for (const Mention &mention : rule->yieldsTo())
      if (reaches(mention.text, rule->info().name, rules, rules.size()))
        problems.add(mention.position, "rule '" + rule->info().name.str() + "' yields to itself by way of '" + mention.text.str() + "'");
  }
}

} // namespace coroguard::catalog
