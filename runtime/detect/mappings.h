// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The process's own memory map, read without libc.
#pragma once

#include <stdint.h>

namespace coroguard::guard {

struct mapping {
  uint64_t low, high;
  char path[232]; ///< as the kernel names it, cut off if it is longer; empty for anonymous memory
};
/// False if nothing is mapped there, or /proc cannot be read.
bool find_mapping(uint64_t address, mapping &into);

} // namespace coroguard::guard
