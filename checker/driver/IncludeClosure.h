// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which units a file may be part of.
#pragma once

#include "checker/driver/Database.h"
#include "checker/driver/SourceFiles.h"

#include "llvm/ADT/StringSet.h"

namespace coroguard::driver {

/// Not thread-safe.
class IncludeClosure {
public:
  /// Whether the unit is one of `files` (real paths) or may include one. Headers of the standard library are not looked
  /// into.
  bool reaches(const CompileCommand &unit, const llvm::StringSet<> &files);
  /// What `isWanted` of the files that the unit may include, as far as names of includes tell. By their real paths.
  std::vector<std::string> included(const CompileCommand &unit, llvm::function_ref<bool(llvm::StringRef)> isWanted);
  /// The files that the unit's own file may include, by their real paths.
  std::vector<std::string> directIncludes(const CompileCommand &unit);

private:
  const SearchPath &searchOf(const CompileCommand &unit);
  bool walk(const CompileCommand &unit, llvm::function_ref<bool(SourceFiles::File, bool standard)> visit);
  const std::string &realPathOf(SourceFiles::File file);

  SourceFiles files_;
  SearchPaths searchPaths_;
  std::vector<std::string> realPaths_; ///< by file number
};

} // namespace coroguard::driver
