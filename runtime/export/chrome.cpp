// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Trace event format, for chrome://tracing and Perfetto: one track per loop thread with its turns, calls and stalls.
#include "runtime/export/run_report.h"

#include <cstdio>
#include <ostream>

namespace coroguard::run {

void write_chrome(std::ostream &out, const report &r) {
  out << "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n";
  out << "{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":" << r.pid << ",\"args\":{\"name\":" << quoted(r.program) << "}}";
  for (const loop &l : r.loops)
    out << ",\n{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":" << r.pid << ",\"tid\":" << l.thread << ",\"args\":{\"name\":" << quoted(l.name) << "}}";
  for (const timeline_entry &e : r.timeline) {
    char numbers[96];
    std::snprintf(numbers, sizeof numbers, "\"ts\":%.3f,\"dur\":%.3f", double(e.start_ns) / 1e3, double(e.duration_ns) / 1e3);
    out << ",\n{\"ph\":\"X\",\"cat\":" << quoted(e.what) << ",\"name\":" << quoted(e.name) << "," << numbers << ",\"pid\":" << r.pid
        << ",\"tid\":" << e.thread << "}";
  }
  out << "\n]}\n";
}

} // namespace coroguard::run
