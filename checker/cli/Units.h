// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which units a command line means, and what they are relative to.
#pragma once

#include "checker/cli/CommandLine.h"
#include "checker/cli/UnitCosts.h"
#include "checker/driver/Database.h"

namespace coroguard::cli {

/// With `--`, the named files with these flags; else those of the database that lie at or below the paths. Errors say
/// what is missing and what to type.
llvm::Expected<std::vector<driver::CompileCommand>> unitsFor(const CheckArguments &arguments);

/// Leaves the part `shard` ("2/8"; empty: all) of the units. Parts cost about the same by `costs`, else by size; with the same
/// costs they are the same on every machine, and together all units.
llvm::Error keepShard(llvm::StringRef shard, const UnitCosts &costs, llvm::StringRef root, std::vector<driver::CompileCommand> &units);

/// `--root`; else the git work tree that holds the working directory, or the directory itself. When no unit lies below
/// that, the work tree that holds the first unit.
std::string rootFor(const CheckArguments &arguments, llvm::ArrayRef<driver::CompileCommand> units);

} // namespace coroguard::cli
