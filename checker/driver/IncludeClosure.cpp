// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Includes by text.
#include "checker/driver/IncludeClosure.h"

#include "checker/driver/UnitArguments.h"

namespace coroguard::driver {

const SearchPath &IncludeClosure::searchOf(const CompileCommand &unit) {
  return searchPaths_.of(unit.directory, unitArguments(unit).arguments);
}

const std::string &IncludeClosure::realPathOf(SourceFiles::File file) {
  realPaths_.resize(files_.count());
  if (realPaths_[file].empty()) realPaths_[file] = realPath(files_.path(file));
  return realPaths_[file];
}

bool IncludeClosure::walk(const CompileCommand &unit, llvm::function_ref<bool(SourceFiles::File, bool standard)> visit) {
  const SearchPath &search = searchOf(unit);
  std::vector<SourceFiles::File> pending{files_.file(unit.file)};
  for (const std::string &forced : search.forced)
    llvm::append_range(pending, files_.meant({forced, /*quoted=*/true, true}, unit.directory, search));
  return files_.walk(std::move(pending), search, visit);
}

bool IncludeClosure::reaches(const CompileCommand &unit, const llvm::StringSet<> &wanted) {
  return !walk(unit, [&](SourceFiles::File file, bool standard) {
    return !wanted.contains(realPathOf(file)) && (standard || !files_.text(file).computed);
  });
}

std::vector<std::string> IncludeClosure::included(const CompileCommand &unit, llvm::function_ref<bool(llvm::StringRef)> isWanted) {
  std::vector<std::string> result;
  walk(unit, [&](SourceFiles::File file, bool) {
    if (isWanted(realPathOf(file))) result.push_back(realPathOf(file));
    return true;
  });
  return result;
}

std::vector<std::string> IncludeClosure::directIncludes(const CompileCommand &unit) {
  std::vector<std::string> result;
  for (SourceFiles::File file : files_.includes(files_.file(unit.file), searchOf(unit)).files)
    result.push_back(realPathOf(file));
  return result;
}

} // namespace coroguard::driver
