// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns the command that builds a unit, whatever compiler it is for, into the arguments with which Clang parses it.
#pragma once

#include "checker/driver/Database.h"

namespace coroguard::driver {

struct UnitArguments {
  std::vector<std::string> arguments; ///< for clang's driver; [0] is the compiler as the command names it
  std::vector<std::string> dropped;   ///< options Clang does not know (GCC's own), for a note
  std::string unread;                 ///< a response file that is not there, as `@file`: nobody knows the command
  bool coroutines = false;            ///< GCC's -fcoroutines, which makes them part of older standards
};

/// Keeps what decides about the meaning of the source. Compiler launchers, outputs, dependency files, precompiled
/// headers of other compilers, profiles and compiler plugins go; response files are expanded.
UnitArguments unitArguments(const CompileCommand &command);

/// Clang's own headers (stddef.h, …) for the library this program runs with; empty if they are not installed.
std::string resourceDirectory();

} // namespace coroguard::driver
