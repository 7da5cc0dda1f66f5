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
  std::vector<bool> seen;
  while (!pending.empty()) {
    const SourceFiles::File file = pending.back();
    pending.pop_back();
    if (file >= seen.size()) seen.resize(files_.count());
    if (seen[file]) continue;
    seen[file] = true;
    realPaths_.resize(files_.count());
    if (realPaths_[file].empty()) realPaths_[file] = realPath(files_.path(file));
    if (wanted.contains(realPaths_[file])) return true;
    if (SourceFiles::isStandard(files_.path(file), search)) continue;
    if (files_.text(file).computed) return true;
    llvm::append_range(pending, files_.includes(file, search).files);
  }
  return false;
}

} // namespace coroguard::driver
