// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A finished run as every output format reads it: findings with symbolized stacks, loops with their histograms, the timeline.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace coroguard::run {

struct source_frame {
  std::string function; ///< demangled, without the compiler's coroutine suffixes; empty if unknown
  std::string file;
  unsigned line = 0, column = 0;
  std::string module;
  uint64_t offset = 0; ///< in the module
  bool inlined = false;
  bool coroutine = false; ///< a resumed coroutine body
  bool library = false;   ///< not the user's own code
};

struct finding {
  std::string rule;
  std::string kind;     ///< call, stall
  std::string severity; ///< note, warning, error
  std::string function; ///< as the user knows it; empty for a stall without a known call
  std::string symbol;   ///< what was intercepted
  std::string verdict;  ///< of stalls: blocked, cpu-bound, preempted
  std::string category, reason, cure;
  std::string message; ///< the sentence, as the checker says it
  std::string label;   ///< handler, test or mark
  std::string loop, wait;
  std::string system_call;
  std::string program;
  uint32_t pid = 0, thread = 0;
  uint64_t first_ns = 0; ///< since the start of the program
  uint64_t duration_ns = 0, total_ns = 0;
  uint64_t cpu_ns = 0, runqueue_ns = 0;
  uint32_t voluntary_switches = 0;
  uint64_t count = 0;
  bool in_progress = false; ///< the program ended inside it
  bool also_static = false; ///< a finding of the checker points at the same place
  std::vector<source_frame> stack;
  std::size_t user_frame = 0; ///< index of the user's own code, stack.size() if there is none
  uint64_t fingerprint = 0;
};

struct loop {
  std::string name, wait;
  uint32_t thread = 0;
  uint64_t turns = 0, longest_ns = 0, busy_ns = 0;
  std::vector<uint32_t> turn_histogram, wake_histogram; ///< bucket i: [2^i, 2^(i+1)) ns
};

struct timeline_entry {
  uint64_t start_ns, duration_ns;
  std::string what; ///< turn, call or stall
  std::string name;
  uint32_t thread;
};

struct suppression_use {
  std::string file;
  unsigned line;
  std::string text;
  uint64_t hits;
};

struct allowed_scope {
  std::string reason;
  uint64_t hits;
};

struct report {
  std::string program;
  uint32_t pid = 0;
  uint64_t threshold_ns = 0, duration_ns = 0;
  std::vector<finding> findings;
  std::vector<loop> loops;
  std::vector<timeline_entry> timeline;
  std::vector<suppression_use> suppressions;
  std::vector<allowed_scope> allowed;
  uint64_t suppressed = 0, rate_limited = 0, dropped = 0;
  std::vector<std::string> notes; ///< what the reader has to know about the run: no symbolizer, no loop, …
};

struct text_style {
  bool color = false;
};
void write_text(std::ostream &out, const report &r, text_style style);
/// One JSON object per line and finding; docs/04-runtime.md has the schema.
void write_jsonl(std::ostream &out, const report &r);
void write_sarif(std::ostream &out, const report &r);
/// `outer;…;inner microseconds`: input of flame graph tools.
void write_folded(std::ostream &out, const report &r);
/// Trace event format: turns, calls and stalls per thread.
void write_chrome(std::ostream &out, const report &r);

/// The writer of a format, null for an unknown name. `formats()` lists the names.
using writer = void (*)(std::ostream &, const report &);
writer find_writer(std::string_view format);
std::string_view formats();

/// Text as a JSON string, with quotes.
std::string quoted(std::string_view text);
/// 61.2 ms, 340 µs, 1.50 s
std::string human_duration(uint64_t ns);

} // namespace coroguard::run
