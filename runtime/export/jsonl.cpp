// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// JSON lines: one object per finding. The keys are documented in docs/04-runtime.md and only ever grow.
#include "runtime/export/run_report.h"

#include <cstdio>
#include <ostream>

namespace coroguard::run {
namespace {

void write_frames(std::ostream &out, const finding &f, bool coroutines_only) {
  bool first = true;
  for (const source_frame &s : f.stack) {
    if (coroutines_only && !s.coroutine)
      continue;
    out << (first ? "" : ",") << "{\"function\":" << quoted(s.function) << ",\"file\":" << quoted(s.file) << ",\"line\":" << s.line
        << ",\"column\":" << s.column << ",\"module\":" << quoted(s.module) << ",\"offset\":" << s.offset
        << ",\"inlined\":" << (s.inlined ? "true" : "false") << "}";
    first = false;
  }
}

} // namespace

void write_jsonl(std::ostream &out, const report &r) {
  for (const finding &f : r.findings) {
    char print[24];
    std::snprintf(print, sizeof print, "%016llx", static_cast<unsigned long long>(f.fingerprint));
    const source_frame *at = f.user_frame < f.stack.size() ? &f.stack[f.user_frame] : nullptr;
    out << "{\"rule\":" << quoted(f.rule) << ",\"kind\":" << quoted(f.kind) << ",\"severity\":" << quoted(f.severity)
        << ",\"function\":" << quoted(f.function) << ",\"symbol\":" << quoted(f.symbol) << ",\"message\":" << quoted(f.message)
        << ",\"file\":" << quoted(at ? at->file : "") << ",\"line\":" << (at ? at->line : 0) << ",\"column\":" << (at ? at->column : 0)
        << ",\"in\":" << quoted(at ? at->function : "") << ",\"thread\":" << f.thread << ",\"loop\":" << quoted(f.loop)
        << ",\"wait\":" << quoted(f.wait) << ",\"label\":" << quoted(f.label) << ",\"duration_ns\":" << f.duration_ns
        << ",\"total_ns\":" << f.total_ns << ",\"count\":" << f.count << ",\"first_ns\":" << f.first_ns
        << ",\"verdict\":" << quoted(f.verdict) << ",\"cpu_ns\":" << f.cpu_ns << ",\"runqueue_ns\":" << f.runqueue_ns
        << ",\"voluntary_switches\":" << f.voluntary_switches << ",\"system_call\":" << quoted(f.system_call)
        << ",\"in_progress\":" << (f.in_progress ? "true" : "false") << ",\"also_static\":" << (f.also_static ? "true" : "false")
        << ",\"category\":" << quoted(f.category) << ",\"reason\":" << quoted(f.reason) << ",\"help\":" << quoted(f.cure)
        << ",\"program\":" << quoted(f.program) << ",\"pid\":" << f.pid << ",\"fingerprint\":\"" << print << "\",\"stack\":[";
    write_frames(out, f, false);
    out << "],\"async_stack\":[";
    write_frames(out, f, true);
    out << "]}\n";
  }
}

} // namespace coroguard::run
