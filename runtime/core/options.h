// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The guard's options as the sanitizers have them: `COROGUARD_OPTIONS=name=value:name=value`. No allocation, no library
// state, usable before main.
#pragma once

#include <cstddef>
#include <cstdint>

namespace coroguard::guard {

struct text_option {
  char value[256];
};

struct options {
#define COROGUARD_TYPE_bool bool
#define COROGUARD_TYPE_number int64_t
#define COROGUARD_TYPE_text text_option
#define COROGUARD_OPTION(type, name, fallback, help) COROGUARD_TYPE_##type name;
#include "runtime/core/guard_options.inc"
#undef COROGUARD_OPTION
#undef COROGUARD_TYPE_bool
#undef COROGUARD_TYPE_number
#undef COROGUARD_TYPE_text
  bool threshold_given;
};

/// Receives one complete line of warning or help, without its end.
using line_sink = void (*)(const char *line);

/// Sets every option to its default.
void set_defaults(options &into);
/// Reads `text` over `into`; says what is wrong (unknown name with the nearest known one, bad value) through `warn`.
void parse_options(options &into, const char *text, line_sink warn);
/// The table: one line per option with type, default and help.
void print_options(line_sink out);

} // namespace coroguard::guard
