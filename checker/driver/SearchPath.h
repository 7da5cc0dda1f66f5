// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the command of a unit has the compiler look for headers.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace coroguard::driver {

struct SearchPath {
  struct Folder {
    std::string path;      ///< absolute, without links and `..` if it exists
    bool system = false;   ///< of the system or given with -isystem
    bool standard = false; ///< of the C++ standard library or of the compiler itself
  };
  std::vector<Folder> folders;
  std::vector<std::string> forced; ///< -include and the like, as written
  /// The compiler may get at text in other ways too: modules, overlays, frameworks. Or its driver refused the command.
  bool opaque = false;
};

/// Asks Clang's driver, once for all commands that differ in nothing that matters here. Not thread-safe.
class SearchPaths {
public:
  /// `arguments` are those of unitArguments(). The result lives as long as this object.
  const SearchPath &of(llvm::StringRef directory, llvm::ArrayRef<std::string> arguments);

private:
  std::map<std::vector<std::string>, std::unique_ptr<SearchPath>> known_;
};

} // namespace coroguard::driver
