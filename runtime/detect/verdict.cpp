// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the time of a turn went: processor, run queue, or neither. Measured from the last baseline: the wait before the turn if
// it was long enough to be worth one, else the watchdog's first look.
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <string.h>

namespace coroguard::guard {
namespace {

constexpr uint64_t stopped_ns = 250'000'000; ///< a busy machine hardly keeps the watchdog waiting that long

} // namespace

judgement judge(const thread_block &b, uint64_t start, uint64_t end) {
  bool own_base = b.base_turn == b.turn_id;
  bool watched = b.watch_turn == b.turn_id;
  auto unseen = b.longest_call_ns >= (end - start) / 2 ? record::verdict::blocked : record::verdict::preempted;
  if (!own_base && !watched) // a turn that follows a busy one: the watchdog did not get the processor either
    return {process.watchdog_running.load(std::memory_order_relaxed) || unseen == record::verdict::blocked ? unseen : record::verdict::cpu_bound, 0, 0};
  uint64_t from = !own_base && watched ? b.watch_wall_ns : b.base_wall_ns;
  uint64_t cpu_from = !own_base && watched ? b.watch_cpu_ns : b.base_cpu_ns;
  uint64_t window = end > from ? end - from : 1;
  uint64_t cpu = sys::thread_cpu_ns(b.thread) - cpu_from;
  bool slept = sys::voluntary_switches(b.thread) != (own_base ? b.base_switches : b.watch_switches);
  uint64_t waited = 0;
  if (watched) {
    waited = sys::runqueue_ns(b.thread) - b.watch_runqueue_ns;
    // The watchdog did not run either: no processor for the whole process, or it was stopped.
    if (b.watch_gap_ns > window / 2 && b.watch_gap_ns > waited && cpu < window / 2 && (!slept || b.watch_gap_ns > stopped_ns))
      waited = b.watch_gap_ns;
  }
  if (cpu > window)
    cpu = window;
  if (waited > window - cpu)
    waited = window - cpu;
  uint64_t blocked = window - cpu - waited;
  // A thread that never gave the processor up did not sleep: the rest is time the machine took and no counter shows.
  if (!slept)
    waited += blocked, blocked = 0;
  // Work that is a stall by itself stays cpu-bound on a busy machine too.
  uint64_t threshold = uint64_t(process.opt.threshold_ms) * 1'000'000;
  if (slept && b.longest_call_ns >= (end - start) / 2 && cpu < threshold && b.watch_gap_ns <= stopped_ns)
    return {record::verdict::blocked, cpu, waited}; // in that call
  if (window < (end - start) / 2 && cpu < threshold)
    return {unseen, cpu, waited}; // the same, for most of it
  bool heavy = cpu >= waited || cpu >= threshold;
  auto why = blocked >= cpu && blocked >= waited ? record::verdict::blocked : heavy ? record::verdict::cpu_bound : record::verdict::preempted;
  return {why, cpu, waited};
}

uint64_t sys::runqueue_ns(uint32_t thread) {
  char path[64], text[128];
  put_text(put_number(put_text(path, "/proc/self/task/"), thread), "/schedstat");
  slurp(path, text, sizeof text);
  const char *at = strchr(text, ' '); // the second number
  uint64_t value = 0;
  for (at = at ? at + 1 : ""; *at >= '0' && *at <= '9'; ++at)
    value = value * 10 + uint64_t(*at - '0');
  return value;
}

} // namespace coroguard::guard
