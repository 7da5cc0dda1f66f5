// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds units that have includes in common under the same flags, so that these are parsed once for all of them
// (docs/decisions/0008-parse-only-what-matters.md).
#pragma once

#include "checker/driver/SourceFiles.h"

namespace coroguard::driver {

/// Units that one process may parse after the same beginning.
struct PreludeGroup {
  std::vector<std::string> includes; ///< as written, `<vector>` or `"task.hpp"`; empty: nothing is shared
  std::vector<size_t> units;
  bool reordered = false; ///< the units include some of it later than here
};

/// Each of the `chosen` units in one group; those that share nothing are together in one without includes, if there are
/// any. Shared are leading includes, and headers of the standard library that all units of the group include in any
/// case, wherever; only such that may be met a second time without effect: the unit names them again.
std::vector<PreludeGroup> groupByPrelude(llvm::ArrayRef<UnitSource> units, llvm::ArrayRef<size_t> chosen,
                                         SourceFiles &files);

} // namespace coroguard::driver
