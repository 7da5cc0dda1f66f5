// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// SARIF 2.1.0 with the checker's rule ids, so that viewers show what was proven while running beside what was proven while
// compiling. The stack is in `stacks`, run-time facts are in `properties`.
#include "runtime/export/run_report.h"

#include <cstdio>
#include <ostream>
#include <set>

namespace coroguard::run {
namespace {

void write_location(std::ostream &out, const source_frame &s) {
  out << "{";
  if (!s.file.empty())
    out << "\"physicalLocation\":{\"artifactLocation\":{\"uri\":" << quoted((s.file[0] == '/' ? "file://" : "") + s.file)
        << "},\"region\":{\"startLine\":" << (s.line ? s.line : 1) << ",\"startColumn\":" << (s.column ? s.column : 1) << "}},";
  out << "\"logicalLocations\":[{\"fullyQualifiedName\":" << quoted(s.function) << "}]}";
}

void write_result(std::ostream &out, const finding &f) {
  char print[24];
  std::snprintf(print, sizeof print, "%016llx", static_cast<unsigned long long>(f.fingerprint));
  out << "{\"ruleId\":" << quoted(f.rule) << ",\"level\":" << quoted(f.severity == "note" ? "note" : f.severity == "error" ? "error" : "warning")
      << ",\"message\":{\"text\":" << quoted(f.message) << "},\"locations\":[";
  if (f.user_frame < f.stack.size())
    write_location(out, f.stack[f.user_frame]);
  out << "],\"stacks\":[{\"message\":{\"text\":\"stack at run time\"},\"frames\":[";
  for (std::size_t i = 0; i < f.stack.size(); ++i) {
    out << (i ? "," : "") << "{\"location\":";
    write_location(out, f.stack[i]);
    out << "}";
  }
  out << "]}],\"partialFingerprints\":{\"coroguardRun/v1\":\"" << print << "\"},\"occurrenceCount\":" << f.count
      << ",\"properties\":{\"kind\":" << quoted(f.kind) << ",\"function\":" << quoted(f.function) << ",\"duration_ns\":" << f.duration_ns
      << ",\"verdict\":" << quoted(f.verdict) << ",\"loop\":" << quoted(f.loop) << ",\"thread\":" << f.thread
      << ",\"also_static\":" << (f.also_static ? "true" : "false") << "}}";
}

} // namespace

void write_sarif(std::ostream &out, const report &r) {
  out << "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{"
         "\"name\":\"coroguard run\",\"rules\":[";
  std::set<std::string> rules;
  for (const finding &f : r.findings)
    if (rules.insert(f.rule).second)
      out << (rules.size() > 1 ? "," : "") << "{\"id\":" << quoted(f.rule) << "}";
  out << "]}},\"results\":[";
  for (std::size_t i = 0; i < r.findings.size(); ++i) {
    out << (i ? ",\n" : "\n");
    write_result(out, r.findings[i]);
  }
  out << "\n]}]}\n";
}

} // namespace coroguard::run
