// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which files a unit may include, from its text alone: no preprocessor runs. Takes too many (includes that are compiled
// out) rather than too few.
#pragma once

#include "checker/driver/Database.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

namespace coroguard::driver {

/// Remembers each file's include lines over all units. Not thread-safe.
class IncludeClosure {
public:
  /// Whether the unit is one of `files` (real paths) or may include one. Headers of the system are not looked into.
  bool reaches(const CompileCommand &unit, const llvm::StringSet<> &files);

private:
  struct Include {
    std::string name;
    bool quoted = false;
  };
  struct File {
    std::vector<Include> includes;
    bool computed = false; ///< holds an include whose name only the preprocessor knows
  };
  const File &read(const std::string &path);
  static std::vector<std::string> searchFolders(const CompileCommand &unit, std::vector<std::string> &forced);

  llvm::StringMap<File> files_;
};

} // namespace coroguard::driver
