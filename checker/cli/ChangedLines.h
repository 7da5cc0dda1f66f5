// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What changed since a git revision: lines of files, and the units these files are part of.
#pragma once

#include "checker/driver/Database.h"
#include "checker/framework/Finding.h"

#include "llvm/ADT/StringMap.h"

#include <utility>

namespace coroguard::cli {

class ChangedLines {
public:
  /// Asks git in `root`; files that git does not know yet have changed whole. The error is git's own.
  static llvm::Expected<ChangedLines> since(llvm::StringRef revision, llvm::StringRef root);

  /// Whether the lines of a root-relative place have changed.
  bool touches(const Place &place) const;

  /// Leaves the units that have changed or include a file that has.
  void keepAffected(std::vector<driver::CompileCommand> &units) const;

private:
  using Range = std::pair<unsigned, unsigned>; ///< first and last line
  llvm::Error readDiff(llvm::StringRef diff);

  std::string root_;
  llvm::StringMap<std::vector<Range>> files_; ///< by root-relative name
};

} // namespace coroguard::cli
