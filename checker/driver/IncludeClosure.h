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

private:
  SourceFiles files_;
  SearchPaths searchPaths_;
  std::vector<std::string> realPaths_; ///< by file number
};

} // namespace coroguard::driver
