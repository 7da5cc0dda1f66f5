// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Merging and indexing of model layers.
#include "rules/catalog/ModelIndex.h"

#include "rules/catalog/ModelFile.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/Support/StringSaver.h"

#include <algorithm>

namespace coroguard::catalog {

namespace {
bool isWithdrawn(const BlockingModel &row) {
  return row.blocks == Blocks::Never;
}
bool isWithdrawn(const TypeModel &) {
  return false;
}
bool isWithdrawn(const FunctionModel &) {
  return false;
}
} // namespace

ModelIndex::ModelIndex(const Models &builtin, std::vector<std::shared_ptr<const ParsedModels>> user)
    : user_(std::move(user)) {
  std::vector<const Models *> layers = {&builtin};
  for (const std::shared_ptr<const ParsedModels> &file : user_)
    layers.push_back(&file->models());
  // Libraries first: a user's file may give a library another namespace, which `$` of built-in rows then covers too.
  for (const Models *layer : layers) {
    mergeLibraries(*layer);
    mergeCategories(*layer);
  }
  for (const Models *layer : layers) {
    addLayer(types_, layer->types);
    addLayer(functions_, layer->functions);
    addLayer(blocking_, layer->blocking);
  }
  finish(types_);
  finish(functions_);
  finish(blocking_);
}

StringRef ModelIndex::save(const llvm::Twine &text) {
  return llvm::StringSaver(arena_).save(text);
}

void ModelIndex::mergeLibraries(const Models &models) {
  auto append = [&]<typename T>(ArrayRef<T> first, ArrayRef<T> second) {
    T *both = arena_.Allocate<T>(first.size() + second.size());
    std::uninitialized_copy(second.begin(), second.end(), std::uninitialized_copy(first.begin(), first.end(), both));
    return ArrayRef<T>(both, first.size() + second.size());
  };
  for (const LibraryInfo &library : models.libraries) {
    auto [entry, fresh] = libraryById_.try_emplace(library.id, libraries_.size());
    if (fresh) {
      libraries_.push_back(library);
    } else {
      LibraryInfo &known = libraries_[entry->second];
      if (library.name != library.id) known.name = library.name;
      if (!library.documentation.empty()) known.documentation = library.documentation;
      known.namespaces = append(known.namespaces, library.namespaces);
      known.cures = append(library.cures, known.cures); // the first of a purpose is used
    }
    for (StringRef name : library.namespaces)
      libraryByNamespace_[name] = entry->second;
  }
}

void ModelIndex::mergeCategories(const Models &models) {
  for (const CategoryInfo &category : models.categories) {
    auto [entry, fresh] = categoryByName_.try_emplace(category.name, categories_.size());
    if (fresh)
      categories_.push_back(category);
    else
      categories_[entry->second] = category;
  }
}

template <typename Row> void ModelIndex::addLayer(Table<Row> &table, ArrayRef<Row> rows) {
  std::vector<Row> expanded;
  llvm::StringSet<> names;
  for (const Row &row : rows) {
    const LibraryInfo *owner = library(row.library);
    StringRef rest = row.name;
    if (!rest.consume_front("$")) {
      expanded.push_back(row);
    } else if (owner) {
      for (StringRef name : owner->namespaces) {
        expanded.push_back(row);
        expanded.back().name = save(name + rest);
      }
    }
  }
  for (const Row &row : expanded)
    names.insert(row.name);
  llvm::erase_if(table.rows, [&](const Row &row) { return names.contains(row.name); });
  table.rows.insert(table.rows.end(), expanded.begin(), expanded.end());
}

template <typename Row> void ModelIndex::finish(Table<Row> &table) {
  llvm::erase_if(table.rows, [](const Row &row) { return isWithdrawn(row); });
  // Stable by hand: rows of one name keep the order in which they are written.
  std::vector<std::pair<StringRef, uint32_t>> order;
  for (const Row &row : table.rows)
    order.emplace_back(row.name, order.size());
  std::sort(order.begin(), order.end());
  std::vector<Row> sorted;
  sorted.reserve(order.size());
  for (const auto &[name, index] : order)
    sorted.push_back(table.rows[index]);
  table.rows = std::move(sorted);
  for (uint32_t i = 0; i < table.rows.size(); ++i) {
    Range &range = table.ranges.try_emplace(table.rows[i].name, Range{i, i}).first->second;
    range.end = i + 1;
  }
}

const LibraryInfo *ModelIndex::library(StringRef id) const {
  auto found = libraryById_.find(id);
  return found == libraryById_.end() ? nullptr : &libraries_[found->second];
}

const CategoryInfo *ModelIndex::category(StringRef name) const {
  auto found = categoryByName_.find(name);
  return found == categoryByName_.end() ? nullptr : &categories_[found->second];
}

const LibraryInfo *ModelIndex::libraryOfNamespace(StringRef qualifiedName) const {
  for (StringRef prefix = qualifiedName; !prefix.empty();) {
    if (auto found = libraryByNamespace_.find(prefix); found != libraryByNamespace_.end())
      return &libraries_[found->second];
    const size_t colons = prefix.rfind("::");
    prefix = colons == StringRef::npos ? StringRef() : prefix.take_front(colons);
  }
  if (qualifiedName.contains("::"))
    return nullptr;
  for (size_t end = qualifiedName.rfind('_'); end != StringRef::npos; end = qualifiedName.take_front(end).rfind('_')) // a prefix of C's
    if (auto found = libraryByNamespace_.find(qualifiedName.take_front(end + 1)); found != libraryByNamespace_.end())
      return &libraries_[found->second];
  return nullptr;
}

StringRef ModelIndex::cure(StringRef libraryId, StringRef purpose) const {
  if (const LibraryInfo *known = library(libraryId))
    for (const Cure &cure : known->cures)
      if (cure.library == purpose) return cure.text;
  return "";
}

StringRef ModelIndex::instead(const BlockingModel &row, StringRef libraryId) {
  StringRef any;
  for (const Cure &cure : row.instead) {
    if (!libraryId.empty() && cure.library == libraryId) return cure.text;
    if (cure.library.empty()) any = cure.text;
  }
  return any;
}

} // namespace coroguard::catalog
