// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program to be guarded, before it runs: where it is, and whether a preloaded library will be in it.
#pragma once

#include <string>

namespace coroguard::run {

struct program_file {
  std::string path;        ///< found in PATH if the name has no slash
  std::string interpreter; ///< of a script
  std::string sanitizer;   ///< file name of a shared sanitizer runtime that must come first, or empty
};

/// Empty: it can be guarded. Else what stands in the way and what to do.
std::string inspect_program(const std::string &command, program_file &into);

} // namespace coroguard::run
