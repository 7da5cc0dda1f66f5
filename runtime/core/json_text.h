// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Text as JSON writes it, for reports of the coroutine runtime and of the guard alike.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace coroguard {

/// Appends `text` as a JSON string, with its quotes.
inline void append_quoted(std::string &out, std::string_view text) {
  out += '"';
  for (unsigned char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += char(c);
    } else if (c < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", c);
      out += escape;
    } else {
      out += char(c);
    }
  }
  out += '"';
}

} // namespace coroguard
