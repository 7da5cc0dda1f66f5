// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds a report from a record.
#include "runtime/tools/build_report.h"

#include "runtime/tools/function_facts.h"
#include "runtime/tools/known_frames.h"
#include "runtime/tools/sentences.h"
#include "runtime/tools/symbolizer.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <sys/syscall.h>

namespace coroguard::run {
namespace {

class builder {
public:
  builder(const record_reader &record, const report_options &options) : file_(record.get()), options_(options) {}

  report build() {
    report r;
    r.program = file_.head.program;
    r.pid = file_.head.pid;
    r.threshold_ns = file_.head.threshold_ns;
    if (uint64_t end = file_.head.end_monotonic_ns)
      r.duration_ns = end - file_.head.start_monotonic_ns;
    r.rate_limited = file_.head.rate_limited;
    r.dropped = file_.head.sites_dropped;
    collect_places();
    if (!options_.symbolize || !symbols_.run()) {
      if (options_.symbolize)
        r.notes.push_back("no llvm-symbolizer: stacks are addresses. Install llvm-22 (apt-get install llvm-22) or set COROGUARD_SYMBOLIZER to one");
      resolve_nothing_ = true;
    }
    add_loops(r);
    add_findings(r);
    add_timeline(r);
    for (const auto &s : file_.scopes)
      if (s.ready == 2 && s.hits)
        r.allowed.push_back({s.reason, s.hits});
    std::istringstream warnings(std::string(file_.head.warning, strnlen(file_.head.warning, sizeof file_.head.warning)));
    for (std::string line; std::getline(warnings, line);)
      r.notes.push_back(line);
    if (r.dropped)
      r.notes.push_back(std::to_string(r.dropped) + " places did not fit into the record");
    return r;
  }

private:
  code_place place(const record::frame &f, bool exact) const {
    uint64_t offset = f.offset() - (exact ? 0 : 1);
    if (f.module() == record::no_module || f.module() >= record::max_modules)
      return {"", offset};
    return {file_.modules[f.module()].path, offset};
  }
  static bool exact_first(const record::site &s) { return s.what == record::kind::stall && s.function == record::none16 && s.call_site == record::none16; }

  bool wanted(const record::site &s) const { return options_.only_site < 0 || &s == &file_.sites[options_.only_site]; }
  static bool ended(const record::site &s) { return s.end == record::stall_end::at_wait; }

  void collect_places() {
    for (const auto &s : file_.sites)
      if (s.ready && wanted(s))
        for (unsigned i = 0; i < s.frame_count; ++i)
          symbols_.want(place(s.frames[i], i == 0 && exact_first(s)));
    for (const auto &l : file_.loops)
      if (l.thread)
        for (unsigned i = 0; i < l.frame_count; ++i)
          symbols_.want(place(l.frames[i], false));
  }

  std::vector<source_frame> stack_of(const record::frame *frames, unsigned n, bool exact) const {
    std::vector<source_frame> out;
    for (unsigned i = 0; i < n; ++i)
      for (const source_frame &f : symbols_.at(place(frames[i], exact && i == 0)))
        out.push_back(f);
    return out;
  }

  static const char *wait_name(record::wait_kind kind) {
    static constexpr const char *names[] = {"none", "epoll", "poll", "select", "io_uring", "condition", "heartbeat", "scope"};
    return unsigned(kind) < std::size(names) ? names[unsigned(kind)] : "?";
  }

  void add_loops(report &r) {
    for (const auto &l : file_.loops) {
      if (!l.thread)
        break;
      auto stack = stack_of(l.frames, l.frame_count, false);
      loop_runs_library_.push_back(std::any_of(stack.begin(), stack.end(), is_runner));
      if (!l.confirmed)
        continue;
      loop out;
      out.name = l.name, out.wait = wait_name(l.wait), out.thread = l.thread;
      out.turns = l.turn_count, out.longest_ns = l.longest_turn_ns, out.busy_ns = l.busy_ns;
      out.turn_histogram.assign(std::begin(l.turns), std::end(l.turns));
      out.wake_histogram.assign(std::begin(l.wake_delays), std::end(l.wake_delays));
      r.loops.push_back(std::move(out));
    }
  }

  bool waits_for_threads(const record::site &s) const {
    if (s.what == record::kind::stall)
      return s.why == record::verdict::blocked && (s.system_call == SYS_futex || (s.call_site < record::max_sites && waits_for_threads(file_.sites[s.call_site])));
    const function_facts *facts = s.what == record::kind::call ? find_function(s.function) : nullptr;
    return facts && (std::string_view(facts->category) == "lock" || std::string_view(facts->category) == "wait");
  }

  /// How often a site counts: what was proven while running, and what names prove now.
  uint64_t proven_count(const record::site &s, const std::vector<source_frame> &stack) const {
    bool announced = s.loop < record::max_loops && (file_.loops[s.loop].wait == record::wait_kind::heartbeat || file_.loops[s.loop].wait == record::wait_kind::scope);
    uint32_t tentative = s.tentative < 0x80000000u ? uint32_t(s.tentative) : 0;
    if (announced)
      return s.confirmed + tentative + (ended(s) ? 0 : 1);
    bool library = s.loop < loop_runs_library_.size() && loop_runs_library_[s.loop];
    bool inside = std::any_of(stack.begin(), stack.end(), is_runner);
    if (is_idle_worker(stack) || (waits_for_threads(s) && is_loop_machinery(stack, file_.head.program)))
      return 0;
    if (s.what == record::kind::call && (is_library_setup(stack, file_.head.program) || is_signal_lock(stack)))
      return 0;
    if (library && !inside && is_complete(stack))
      return 0; // between two runs of the loop, or after the last
    uint64_t count = s.confirmed;
    // Ended by a signal inside a turn of a proven loop: nothing can come back any more.
    bool cut_off = s.end == record::stall_end::open && file_.head.end_monotonic_ns == 0 && s.loop < record::max_loops && file_.loops[s.loop].confirmed &&
                   file_.loops[s.loop].left_ns == 0 && !library;
    if (cut_off)
      ++count;
    if (library && inside)
      count += tentative + (ended(s) ? 0 : 1);
    return count;
  }

  void add_findings(report &r) {
    for (unsigned i = 0; i < record::max_sites; ++i) {
      const record::site &s = file_.sites[i];
      if (!s.ready || s.suppressed || !wanted(s))
        continue;
      auto stack = stack_of(s.frames, s.frame_count, exact_first(s));
      uint64_t count = proven_count(s, stack);
      if (!count)
        continue;
      finding f = describe(s, std::move(stack), count);
      if (options_.silenced && options_.silenced->match(f)) {
        r.suppressed += count;
        continue;
      }
      merge(r, std::move(f));
    }
    std::stable_sort(r.findings.begin(), r.findings.end(), [](const finding &a, const finding &b) { return a.first_ns < b.first_ns; });
    if (options_.silenced)
      r.suppressions = options_.silenced->uses();
  }

  finding describe(const record::site &s, std::vector<source_frame> stack, uint64_t count) const {
    finding f;
    f.kind = s.what == record::kind::stall ? "stall" : "call";
    const record::site *call = s.call_site < record::max_sites ? &file_.sites[s.call_site] : nullptr;
    unsigned function = call ? call->function : s.function;
    if (call && s.frame_count == 0)
      stack = stack_of(call->frames, call->frame_count, false);
    const record::site *raw = call ? call : s.what == record::kind::call ? &s : nullptr;
    if (raw && raw->function == record::none16 && raw->what == record::kind::call) {
      // made without libc: named as the kernel does, with the texts of libc's function by that name
      f.function = f.symbol = system_call_name(raw->system_call);
      if (const function_facts *facts = find_function(f.function))
        f.category = facts->category, f.reason = facts->reason, f.cure = cure_in(*facts, library_of(stack));
      if (f.cure.empty())
        f.cure = "await it on the loop, or move it off the loop";
    } else if (const function_facts *facts = find_function(function)) {
      f.function = facts->name, f.symbol = facts->symbol;
      f.category = facts->category, f.reason = facts->reason, f.cure = cure_in(*facts, library_of(stack));
    } else if (s.what == record::kind::marked || (call && call->what == record::kind::marked)) {
      f.function = f.symbol = call ? call->label : s.label;
      f.category = "marked";
      if (!stack.empty() && stack[0].function == f.function) // it announced itself: who called it?
        stack.erase(stack.begin());
    }
    if (s.what != record::kind::marked)
      f.label = *s.label || !call || call->what == record::kind::marked ? s.label : call->label;
    f.verdict = s.what != record::kind::stall ? "" : !ended(s) && s.why == record::verdict::unknown ? (f.function.empty() ? "" : "blocked")
              : s.why == record::verdict::blocked ? "blocked" : s.why == record::verdict::cpu_bound ? "cpu-bound"
              : s.why == record::verdict::preempted ? "preempted" : "";
    f.program = file_.head.program;
    f.pid = file_.head.pid, f.thread = s.thread;
    if (s.loop < record::max_loops)
      f.loop = file_.loops[s.loop].name, f.wait = wait_name(file_.loops[s.loop].wait);
    f.first_ns = s.first_ns, f.duration_ns = s.longest_ns, f.total_ns = s.total_ns ? uint64_t(s.total_ns) : uint64_t(s.longest_ns);
    f.cpu_ns = s.cpu_ns, f.runqueue_ns = s.runqueue_ns, f.voluntary_switches = s.voluntary_switches;
    if (s.what == record::kind::stall && f.verdict == "blocked")
      f.system_call = system_call_name(s.system_call);
    f.count = count;
    f.in_progress = s.end == record::stall_end::open;
    f.stack = std::move(stack);
    f.user_frame = 0;
    for (source_frame &s : f.stack)
      s.library = is_library(s, f.program);
    while (f.user_frame < f.stack.size() && f.stack[f.user_frame].library)
      ++f.user_frame;
    if (resolve_nothing_ && f.user_frame == f.stack.size())
      f.user_frame = 0;
    say(f);
    f.fingerprint = fingerprint(f);
    if (f.user_frame < f.stack.size()) {
      const source_frame &at = f.stack[f.user_frame];
      std::string key = f.rule + " " + at.file.substr(at.file.rfind('/') + 1) + ":" + std::to_string(at.line);
      f.also_static = options_.static_places.count(key) != 0;
    }
    return f;
  }

  static uint64_t fingerprint(const finding &f) {
    uint64_t hash = 1469598103934665603ull;
    auto add = [&](std::string_view text) {
      for (unsigned char c : text)
        hash = (hash ^ c) * 1099511628211ull;
      hash = (hash ^ 0xff) * 1099511628211ull;
    };
    add(f.rule), add(f.kind), add(f.function);
    if (f.user_frame < f.stack.size()) {
      add(f.stack[f.user_frame].function);
      add(f.stack[f.user_frame].file.substr(f.stack[f.user_frame].file.rfind('/') + 1));
    }
    return hash;
  }

  /// Samples of one busy function differ in their last instruction only: they are one finding.
  static void merge(report &r, finding f) {
    auto same = [&](const finding &o) {
      if (o.kind != f.kind || o.function != f.function || o.label != f.label || o.thread != f.thread || o.verdict != f.verdict)
        return false;
      if (f.kind == "stall") {
        const source_frame *a = o.user_frame < o.stack.size() ? &o.stack[o.user_frame] : nullptr;
        const source_frame *b = f.user_frame < f.stack.size() ? &f.stack[f.user_frame] : nullptr;
        return (!a && !b) || (a && b && a->function == b->function && (!a->function.empty() || a->offset == b->offset));
      }
      return o.stack.size() == f.stack.size() && std::equal(o.stack.begin(), o.stack.end(), f.stack.begin(), [](const source_frame &a, const source_frame &b) {
               return a.module == b.module && a.offset == b.offset && a.function == b.function;
             });
    };
    for (finding &o : r.findings)
      if (same(o)) {
        uint64_t count = o.count + f.count, total = o.total_ns + f.total_ns, first = std::min(o.first_ns, f.first_ns);
        if (f.duration_ns > o.duration_ns)
          o = std::move(f);
        o.count = count, o.total_ns = total, o.first_ns = first;
        return;
      }
    r.findings.push_back(std::move(f));
  }

  void add_timeline(report &r) {
    uint32_t used = file_.head.events_used;
    uint32_t first = used > record::max_events ? used - record::max_events : 0;
    for (uint32_t i = first; i < used; ++i) {
      const record::event &e = file_.events[i % record::max_events];
      if (e.loop >= record::max_loops)
        continue;
      timeline_entry out{e.start_ns, e.duration_ns, "turn", "turn", file_.loops[e.loop].thread};
      if (e.what != record::kind::none && e.site < record::max_sites) {
        const record::site &s = file_.sites[e.site];
        out.what = e.what == record::kind::stall ? "stall" : "call";
        const function_facts *facts = find_function(s.function);
        out.name = e.what == record::kind::stall ? "stall" : facts ? facts->name : s.label;
      }
      r.timeline.push_back(std::move(out));
    }
  }

  const record::file &file_;
  const report_options &options_;
  symbolizer symbols_;
  std::vector<bool> loop_runs_library_;
  bool resolve_nothing_ = false;
};

std::string field(const std::string &line, const std::string &key) {
  std::size_t at = line.find("\"" + key + "\":");
  if (at == std::string::npos)
    return {};
  at += key.size() + 3;
  while (at < line.size() && line[at] == ' ')
    ++at;
  if (at < line.size() && line[at] == '"') {
    std::size_t end = line.find('"', at + 1);
    return end == std::string::npos ? std::string() : line.substr(at + 1, end - at - 1);
  }
  std::size_t end = at;
  while (end < line.size() && line[end] >= '0' && line[end] <= '9')
    ++end;
  return line.substr(at, end - at);
}

} // namespace

report build_report(const record_reader &record, const report_options &options) { return builder(record, options).build(); }

bool read_static_findings(const std::string &path, std::set<std::string> &into, std::string &error) {
  std::ifstream in(path);
  if (!in) {
    error = path + ": cannot be read";
    return false;
  }
  for (std::string line; std::getline(in, line);) {
    std::string file = field(line, "file");
    if (!file.empty())
      into.insert(field(line, "rule") + " " + file.substr(file.rfind('/') + 1) + ":" + field(line, "line"));
  }
  return true;
}

} // namespace coroguard::run
