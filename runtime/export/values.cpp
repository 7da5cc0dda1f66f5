// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How values are written in every format: JSON strings, durations; and the table of formats.
#include "runtime/core/json_text.h"
#include "runtime/export/run_report.h"

#include <cstdio>

namespace coroguard::run {

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string human_duration(uint64_t ns) {
  char text[32];
  if (ns < 1'000'000)
    std::snprintf(text, sizeof text, "%.3g µs", double(ns) / 1e3);
  else if (ns < 1'000'000'000)
    std::snprintf(text, sizeof text, "%.1f ms", double(ns) / 1e6);
  else
    std::snprintf(text, sizeof text, "%.2f s", double(ns) / 1e9);
  return text;
}

namespace {
struct format {
  std::string_view name;
  writer write;
};
constexpr format table[] = {
    {"text", [](std::ostream &out, const report &r) { write_text(out, r, {}); }},
    {"pretty", [](std::ostream &out, const report &r) { write_text(out, r, {}); }},
    {"jsonl", write_jsonl},
    {"json", write_jsonl},
    {"sarif", write_sarif},
    {"folded", write_folded},
    {"chrome", write_chrome},
};
} // namespace

writer find_writer(std::string_view name) {
  for (const format &f : table)
    if (f.name == name)
      return f.write;
  return nullptr;
}

std::string_view formats() { return "text, jsonl, sarif, folded, chrome"; }

} // namespace coroguard::run
