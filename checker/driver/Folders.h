// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which files there are, from listings: a search path is asked about the same folders thousands of times.
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <memory>
#include <string>

namespace coroguard::driver {

/// The folders of a run as they are when first asked for; each is read once. Not thread-safe.
class Folders {
public:
  /// The file `name`, which may hold folders and `..`, in `folder`. Its own folder is spelled one way whatever links and
  /// `..` lead to it; the file may be a link. Empty if there is no file.
  std::string find(llvm::StringRef folder, llvm::StringRef name);

private:
  struct Folder {
    std::string path; ///< without links and dots
    llvm::StringSet<> names;
  };
  const Folder *at(llvm::StringRef path); ///< null if there is none

  llvm::StringMap<const Folder *> known_; ///< as asked for
  llvm::StringMap<std::unique_ptr<Folder>> folders_; ///< by their own path
  llvm::StringMap<bool> isFile_;
};

} // namespace coroguard::driver
