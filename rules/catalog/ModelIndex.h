// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Answers "what is known about this name?": the built-in models and the user's, merged, by qualified name.
#pragma once

#include "rules/catalog/Catalog.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Allocator.h"

#include <memory>
#include <vector>

namespace coroguard::catalog {

class ParsedModels;

/// Immutable after construction: share one between threads. Rows of users replace the built-in rows of the same name
/// and kind; a user's `blocks: never` leaves no row. In the rows it hands out, `$` is replaced by one of the library's
/// namespaces. All names are qualified, without template arguments and inline namespaces.
class ModelIndex {
public:
  /// `builtin` must outlive the index (the generated tables do); `user` files are kept alive. Later files win.
  explicit ModelIndex(const Models &builtin, std::vector<std::shared_ptr<const ParsedModels>> user = {});
  ModelIndex(const ModelIndex &) = delete;

  /// All rows of a name, in the order they are written; empty when there are none. O(1).
  ArrayRef<TypeModel> types(StringRef name) const { return types_.find(name); }
  ArrayRef<FunctionModel> functions(StringRef name) const { return functions_.find(name); }
  ArrayRef<BlockingModel> blocking(StringRef name) const { return blocking_.find(name); }
  /// Null when there is none.
  const LibraryInfo *library(StringRef id) const;
  const CategoryInfo *category(StringRef name) const;

  /// The library that a qualified name belongs to by its longest namespace prefix; null when none claims it.
  const LibraryInfo *libraryOfNamespace(StringRef qualifiedName) const;

  /// The library's cure for a purpose ("sleep", "run", …), or empty.
  StringRef cure(StringRef libraryId, StringRef purpose) const;
  /// What to do instead of a blocking call, in the words of `libraryId` ("" = not known), else for any library, else
  /// "".
  static StringRef instead(const BlockingModel &row, StringRef libraryId);

  ArrayRef<TypeModel> allTypes() const { return types_.rows; }
  ArrayRef<FunctionModel> allFunctions() const { return functions_.rows; }
  ArrayRef<BlockingModel> allBlocking() const { return blocking_.rows; }
  ArrayRef<LibraryInfo> allLibraries() const { return libraries_; }
  ArrayRef<CategoryInfo> allCategories() const { return categories_; }

private:
  struct Range {
    uint32_t begin = 0, end = 0;
  };
  /// Rows with equal names side by side, and where they are.
  template <typename Row> struct Table {
    std::vector<Row> rows;
    llvm::StringMap<Range> ranges;
    ArrayRef<Row> find(StringRef name) const {
      auto found = ranges.find(name);
      if (found == ranges.end()) return {};
      return ArrayRef<Row>(rows).slice(found->second.begin, found->second.end - found->second.begin);
    }
  };

  void mergeLibraries(const Models &models);
  void mergeCategories(const Models &models);
  template <typename Row> void addLayer(Table<Row> &table, ArrayRef<Row> rows);
  template <typename Row> void finish(Table<Row> &table);
  StringRef save(const llvm::Twine &text);

  llvm::BumpPtrAllocator arena_;
  std::vector<std::shared_ptr<const ParsedModels>> user_;
  std::vector<LibraryInfo> libraries_;
  std::vector<CategoryInfo> categories_;
  llvm::StringMap<uint32_t> libraryById_, categoryByName_, libraryByNamespace_;
  Table<TypeModel> types_;
  Table<FunctionModel> functions_;
  Table<BlockingModel> blocking_;
};

} // namespace coroguard::catalog
