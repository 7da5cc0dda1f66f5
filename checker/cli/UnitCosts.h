// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What units cost in an earlier run, in a file that all machines of a CI matrix read: parts of about equal cost need
// the same numbers everywhere, which caches of different machines cannot give.
#pragma once

#include "llvm/Support/Error.h"

#include <map>
#include <string>

namespace coroguard::cli {

/// CPU seconds by root-relative file.
using UnitCosts = std::map<std::string, double>;

/// Reads what writeUnitCosts() wrote. An empty `file` gives no costs.
llvm::Expected<UnitCosts> readUnitCosts(llvm::StringRef file);

/// Puts `costs` into the file, beside those of units that this run did not look at.
llvm::Error writeUnitCosts(llvm::StringRef file, const UnitCosts &costs);

} // namespace coroguard::cli
