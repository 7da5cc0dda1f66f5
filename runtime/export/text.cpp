// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The report for people: what, where, how long, what to do. The user's own line comes first, the stack after it.
#include "runtime/export/run_report.h"

#include <cstdio>
#include <ostream>

namespace coroguard::run {
namespace {

struct paint {
  bool on;
  std::string operator()(const char *code, std::string text) const { return on ? std::string("\x1b[") + code + "m" + text + "\x1b[0m" : text; }
};

std::string place(const source_frame &s) {
  if (s.file.empty())
    return s.module.empty() ? "?" : s.module + "+" + [&] {
      char hex[24];
      std::snprintf(hex, sizeof hex, "0x%llx", static_cast<unsigned long long>(s.offset));
      return std::string(hex);
    }();
  return s.file + ":" + std::to_string(s.line) + (s.column ? ":" + std::to_string(s.column) : "");
}

std::string spread(const std::vector<uint32_t> &histogram) {
  uint64_t total = 0;
  for (uint32_t n : histogram)
    total += n;
  if (!total)
    return "none";
  std::string out;
  for (auto [name, share] : {std::pair{"median", 0.5}, {"99%", 0.99}}) {
    uint64_t seen = 0;
    for (std::size_t i = 0; i < histogram.size(); ++i)
      if ((seen += histogram[i]) >= uint64_t(double(total) * share + 0.5)) {
        out += std::string(out.empty() ? "" : ", ") + name + " < " + human_duration(uint64_t(2) << i);
        break;
      }
  }
  return out;
}

void write_finding(std::ostream &out, const finding &f, const paint &p) {
  std::string where = f.user_frame < f.stack.size() ? place(f.stack[f.user_frame]) : f.program;
  out << p("1", where) << ": " << p(f.severity == "error" ? "1;31" : f.severity == "note" ? "1;36" : "1;35", f.severity) << ": " << f.message << " "
      << p("2", "[" + f.rule + "]") << "\n";
  out << "  " << human_duration(f.duration_ns);
  if (f.count > 1)
    out << " at most, " << f.count << " times, " << human_duration(f.total_ns) << " together";
  if (f.in_progress)
    out << ", still going on when the program ended";
  out << "; on loop '" << f.loop << "' (" << f.wait << ", thread " << f.thread << ")";
  if (!f.label.empty())
    out << ", in " << f.label;
  out << "\n";
  if (f.kind == "stall") {
    out << "  processor time " << human_duration(f.cpu_ns) << ", waited for a processor " << human_duration(f.runqueue_ns);
    if (!f.system_call.empty())
      out << ", in system call " << f.system_call;
    out << "\n";
  }
  for (std::size_t i = 0; i < f.stack.size(); ++i) {
    const source_frame &s = f.stack[i];
    // Long runs of library code below the user's own are one line.
    std::size_t end = i;
    while (i > f.user_frame && end < f.stack.size() && f.stack[end].library)
      ++end;
    if (end > i + 1) {
      out << p("2", "    … " + std::to_string(end - i) + " frames of libraries and start code") << "\n";
      i = end - 1;
      continue;
    }
    std::string line = "    #" + std::to_string(i) + " " + (s.function.empty() ? "?" : s.function) + (s.coroutine ? " [coroutine]" : "") + "  " + place(s);
    out << (i == f.user_frame ? p("1", line) : p("2", line)) << "\n";
  }
  if (!f.cure.empty())
    out << "  " << p("1;32", "help") << ": " << f.cure << "\n";
  if (f.also_static)
    out << "  the checker reports the same line\n";
  out << "\n";
}

} // namespace

void write_text(std::ostream &out, const report &r, text_style style) {
  paint p{style.color};
  for (const finding &f : r.findings)
    write_finding(out, f, p);
  for (const std::string &note : r.notes)
    out << "coroguard: " << note << "\n";
  for (const suppression_use &s : r.suppressions)
    if (!s.hits)
      out << s.file << ":" << s.line << ": suppression '" << s.text << "' matched nothing; remove it\n";
  for (const allowed_scope &a : r.allowed)
    out << "coroguard: allowed " << a.hits << " times: " << a.reason << "\n";
  if (r.findings.empty())
    return;
  uint64_t calls = 0, stalls = 0;
  for (const finding &f : r.findings)
    (f.kind == "stall" ? stalls : calls) += 1;
  out << "coroguard: " << calls << " blocking call" << (calls == 1 ? "" : "s") << " and " << stalls << " stall" << (stalls == 1 ? "" : "s")
      << " in " << r.program << " (process " << r.pid << ")";
  if (r.suppressed)
    out << ", " << r.suppressed << " suppressed";
  if (r.rate_limited)
    out << ", " << r.rate_limited << " more over the limit of reports per minute";
  out << "\n";
  for (const loop &l : r.loops)
    out << "coroguard: loop '" << l.name << "' (" << l.wait << ", thread " << l.thread << "): " << l.turns << " turns, " << spread(l.turn_histogram)
        << ", longest " << human_duration(l.longest_ns) << "; late wake-ups: " << spread(l.wake_histogram) << "\n";
}

} // namespace coroguard::run
