// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Includes by text.
#include "checker/driver/IncludeClosure.h"

#include "checker/driver/UnitArguments.h"

namespace coroguard::driver {

bool IncludeClosure::reaches(const CompileCommand &unit, const llvm::StringSet<> &wanted) {
  const SearchPath &search = searchPaths_.of(unit.directory, unitArguments(unit).arguments);
  std::vector<SourceFiles::File> pending{files_.file(unit.file)};
  for (const std::string &forced : search.forced)
    llvm::append_range(pending, files_.meant({forced, /*quoted=*/true, true}, unit.directory, search));
  return !files_.walk(std::move(pending), search, [&](SourceFiles::File file, bool standard) {
    realPaths_.resize(files_.count());
    if (realPaths_[file].empty()) realPaths_[file] = realPath(files_.path(file));
    return !wanted.contains(realPaths_[file]) && (standard || !files_.text(file).computed);
  });
}

} // namespace coroguard::driver
