// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which units of a database are meant by files and folders.
#pragma once

#include "checker/driver/Database.h"

namespace coroguard::driver {

/// The commands of `database` for `paths` (absolute files or folders), each file once, in the order of the database. A file
/// without a command of its own, such as a header or a part of a unity build, is looked at in all units that include it, and so
/// is what lies in a folder without units. A path that matches none is an error with the nearest thing to type.
llvm::Expected<std::vector<CompileCommand>> selectUnits(const Database &database, llvm::ArrayRef<std::string> paths);

} // namespace coroguard::driver
