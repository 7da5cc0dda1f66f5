// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which threads are loops, and when their turns begin and end. A loop is recognised by returning to the same wait: twice with
// events for epoll and io_uring, more often for poll and select, because code that is no loop polls now and then.
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <pthread.h>
#include <string.h>
#include <sys/resource.h>

namespace coroguard::guard {
namespace {

using record::wait_kind;

constexpr uint64_t slept_ns = 200'000; ///< a wait this long is worth two system calls for the baselines of the verdict

unsigned bucket(uint64_t ns) {
  unsigned b = ns ? 63u - unsigned(__builtin_clzll(ns)) : 0;
  return b < record::histogram_buckets ? b : record::histogram_buckets - 1;
}

void count(std::atomic<uint32_t> &counter) { counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed); }

template <unsigned N> bool contains(std::atomic<uint64_t> (&list)[N], const std::atomic<uint32_t> &used, uint64_t ip) {
  unsigned n = used.load(std::memory_order_acquire);
  for (unsigned i = 0; i < n && i < N; ++i)
    if (list[i].load(std::memory_order_relaxed) == ip)
      return true;
  return false;
}
template <unsigned N> void learn(std::atomic<uint64_t> (&list)[N], std::atomic<uint32_t> &used, uint64_t ip) {
  if (contains(list, used, ip))
    return;
  unsigned i = used.load(std::memory_order_relaxed);
  if (i >= N)
    return;
  list[i].store(ip, std::memory_order_relaxed);
  used.store(i + 1, std::memory_order_release);
}

wait_site *find_site(thread_block &b, uint64_t ip) {
  for (unsigned i = 0; i < b.site_count; ++i)
    if (b.sites[i].ip == ip)
      return &b.sites[i];
  return nullptr;
}

wait_site &add_site(thread_block &b, const wait_call &w, uint64_t now) {
  unsigned i = b.site_count;
  if (i == 8) { // forget the least used one that is not the loop's own
    i = 0;
    for (unsigned k = 0; k < 8; ++k)
      if (k != b.primary && (i == b.primary || b.sites[k].count < b.sites[i].count))
        i = k;
  } else {
    ++b.site_count;
  }
  b.sites[i] = {w.call.ip, w.key, now, 0, 0, 0, w.kind, false, w.width > 1, false};
  return b.sites[i];
}

void take_baseline(thread_block &b, uint64_t now) {
  rusage usage;
  sys::call(SYS_getrusage, 1 /* RUSAGE_THREAD */, long(&usage));
  b.base_turn = b.turn_id;
  b.base_wall_ns = now;
  b.base_cpu_ns = sys::thread_cpu_ns(b.thread);
  b.base_switches = uint32_t(usage.ru_nvcsw);
}

/// The loop is over, or its thread is: what follows is not its business, and a later loop is recognised anew.
void retire(thread_block &b) {
  forget_raw_calls();
  settle_pending(b, false, 0);
  judge_last_turn(b, sys::now());
  b.slot->turn_start_ns.store(0, std::memory_order_release);
  b.slot->gone.store(1, std::memory_order_release);
  self.block = nullptr;
  self.armed = self.forbid_depth != 0;
}

bool strong(wait_kind kind) { return kind == wait_kind::epoll || kind == wait_kind::io_uring; }

/// Enough visits to call it a loop.
bool proven(const wait_site &s) {
  if (contains(process.loop_sites, process.loop_sites_used, s.ip))
    return true;
  if (strong(s.kind))
    return s.count >= (s.had_events ? 2u : 4u);
  return s.count >= (s.wide ? (s.had_events ? 3u : 5u) : 8u);
}

/// Remembers the two threads that waited last on an epoll descriptor: a loop run by several threads has idle workers.
void note_sharer(uint64_t key, uint32_t thread) {
  if (key == 0 || key > 1024)
    return;
  auto &entry = process.epoll_sharers[key - 1];
  uint64_t now = entry.load(std::memory_order_relaxed);
  if (uint32_t(now) == thread)
    return;
  entry.store(now << 32 | thread, std::memory_order_relaxed);
}
bool shared(uint64_t key, uint32_t thread) {
  if (key == 0 || key > 1024)
    return false;
  uint64_t now = process.epoll_sharers[key - 1].load(std::memory_order_relaxed);
  return (uint32_t(now) != 0 && uint32_t(now) != thread) || ((now >> 32) != 0 && (now >> 32) != thread);
}

void confirm(thread_block &b, wait_site &s, const call_context &call) {
  b.confirmed = true;
  b.primary = uint8_t(&s - b.sites);
  s.idle = true;
  learn(process.loop_sites, process.loop_sites_used, s.ip);
  b.slot->wait = s.kind;
  if (b.site_count > 1) {
    b.wait_stack_size = uint8_t(walk_stack({call.ip, call.sp, call.bp}, false, b.stack, b.wait_stack, record::max_frames));
    b.slot->frame_count = uint8_t(encode_frames(b.wait_stack, b.wait_stack_size, b.slot->frames));
  }
  b.slot->confirmed.store(1, std::memory_order_release);
  start_watchdog();
  watch_raw_calls();
}

/// A wait at another place of a thread that has a loop already: the same loop (same descriptor), a nested loop (it keeps
/// returning and gets events within one turn), or a call that blocks.
wait_role other_wait(thread_block &b, wait_site &s, const wait_call &w) {
  if (s.key && s.key == b.sites[b.primary].key && strong(s.kind)) {
    s.idle = true;
    return wait_role::idle;
  }
  ++s.in_turn;
  bool loop_like = strong(s.kind) ? s.in_turn >= (s.had_events ? 2u : 4u) : s.in_turn >= (s.wide ? 3u : 8u) && s.had_events;
  if (loop_like || (b.confirmed && contains(process.loop_sites, process.loop_sites_used, s.ip) && s.had_events)) {
    s.idle = true;
    retract_wait(b, s.ip);
    if (s.left_ns > b.turn_start_ns) { // the outer turn and the waits before now were no turn of this loop
      if (b.watch_turn == b.turn_id && b.watch_site != record::none16)
        process.file->sites[b.watch_site].end = record::stall_end::at_wait; // begun in such a wait, and never counted
      b.watch_site = record::none16;
      begin_turn(b, s.left_ns);
    }
    return wait_role::idle;
  }
  return w.timeout_ns == 0 ? wait_role::pass : wait_role::blocking;
}

} // namespace

unsigned popped_frames(const thread_block &b, uint64_t sp) {
  unsigned popped = 0;
  if (sp < b.stack.high) // a signal's or a fiber's stack says nothing
    while (popped < b.wait_stack_size && b.wait_stack[popped].cfa && b.wait_stack[popped].cfa <= sp)
      ++popped;
  return popped;
}

void note_position(thread_block &b, uint64_t sp, uint64_t now) {
  if (b.announced)
    return; // it will say when it ends
  unsigned popped = popped_frames(b, sp);
  if (popped <= b.popped_in_loop || popped <= b.popped)
    return;
  b.popped = uint8_t(popped);
  if (!b.slot->left_ns.load(std::memory_order_relaxed))
    b.slot->left_ns.store(now, std::memory_order_release), judge_last_turn(b, now);
}

void begin_turn(thread_block &b, uint64_t now) {
  ++b.turn_id;
  b.slot->left_ns.store(0, std::memory_order_relaxed);
  b.turn_start_ns = now;
  b.longest_call_site = record::none16;
  b.longest_call_ns = 0;
  b.slot->turn_start_ns.store(now, std::memory_order_release);
  if (__builtin_expect(self.dispatched, 0))
    raw_calls_in_turn(true);
}

void end_turn(thread_block &b, uint64_t now) {
  if (__builtin_expect(self.dispatched, 0))
    raw_calls_in_turn(false);
  uint64_t start = b.turn_start_ns;
  b.slot->turn_start_ns.store(0, std::memory_order_release);
  if (!start)
    return;
  b.turn_start_ns = 0;
  uint64_t duration = now - start;
  auto &slot = *b.slot;
  if (__builtin_expect(b.popped != 0, 0)) { // it came back: that depth belongs to the loop
    if (b.popped > b.popped_in_loop)
      b.popped_in_loop = b.popped;
    b.popped = 0;
  }
  slot.turn_count.store(slot.turn_count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  count(slot.turns[bucket(duration)]);
  slot.busy_ns.store(slot.busy_ns.load(std::memory_order_relaxed) + duration, std::memory_order_relaxed);
  if (duration > slot.longest_turn_ns.load(std::memory_order_relaxed))
    slot.longest_turn_ns.store(duration, std::memory_order_relaxed);
  if (__builtin_expect(duration >= uint64_t(process.opt.trace_turns_us) * 1000, 0)) {
    auto &head = process.file->head;
    uint32_t i = head.events_used.fetch_add(1, std::memory_order_relaxed);
    process.file->events[i % record::max_events] = {start - process.start_ns, duration, record::kind::none, 0, b.index, record::none16, 0};
    if (process.opt.stalls && duration >= uint64_t(process.opt.threshold_ms) * 1'000'000)
      report_stall(b, start, duration);
  }
}

wait_role enter_wait(const wait_call &w) {
  uint64_t now = w.call.start_ns;
  thread_block *b = self.block;
  if (__builtin_expect(b != nullptr && b->confirmed, 1)) {
    wait_site *s = b->sites[b->primary].ip == w.call.ip ? &b->sites[b->primary] : find_site(*b, w.call.ip);
    if (!s)
      s = &add_site(*b, w, now);
    if (__builtin_expect(self.registered && !b->adopted && !s->idle, 0)) { // it announced itself: its first wait is its own
      b->adopted = s->idle = true;
      b->primary = uint8_t(s - b->sites);
      b->slot->wait = w.kind;
    }
    if (!s->idle) {
      wait_role role = other_wait(*b, *s, w);
      if (role != wait_role::idle)
        return role;
    }
    self.outermost = 0;
    self.armed = 1;
    end_turn(*b, now);
    if (__builtin_expect(b->pending_count != 0, 0))
      settle_pending(*b, true, 0);
    if (__builtin_expect(b->site_count > 1, 0))
      for (auto &other : b->sites)
        if (&other != s)
          other.in_turn = 0;
    if (w.kind == wait_kind::epoll)
      note_sharer(w.key, b->thread);
    b->wait_start_ns = now;
    return wait_role::idle;
  }
  // not proven yet: the first waits of this thread
  if (w.timeout_ns == 0 && !strong(w.kind))
    return wait_role::pass;
  if (!b && !(b = arm_thread(w.kind, w.call)))
    return wait_role::pass;
  wait_site *s = find_site(*b, w.call.ip);
  if (!s)
    s = &add_site(*b, w, now);
  ++s->count;
  s->wide |= w.width > 1;
  if (w.kind == wait_kind::epoll)
    note_sharer(w.key, b->thread);
  self.outermost = 0;
  if (proven(*s)) {
    confirm(*b, *s, w.call);
    end_turn(*b, now);
    retract_wait(*b, s->ip);
    settle_pending(*b, true, s->first_ns);
  } else if (b->site_count > 1) {
    // several places: each may be the loop or a blocking call in it
    return w.timeout_ns == 0 ? wait_role::pass : wait_role::blocking;
  } else {
    end_turn(*b, now);
    if (s->count == 2) // about to be one: its first turns are watched, too
      start_watchdog();
  }
  b->wait_start_ns = now;
  return wait_role::idle;
}

void leave_wait(const wait_call &w, wait_role role, long result) {
  thread_block *b = self.block;
  if (!b)
    return;
  if (__builtin_expect(role == wait_role::idle, 1)) {
    // A look without waiting is part of the turn that follows it, which saves a look at the clock.
    uint64_t now = w.timeout_ns == 0 ? w.call.start_ns : sys::now();
    wait_site *s = b->sites[b->primary].ip == w.call.ip ? &b->sites[b->primary] : find_site(*b, w.call.ip);
    if (s && result > 0)
      s->had_events = true;
    uint64_t waited = now - w.call.start_ns;
    if (result == 0 && w.timeout_ns > 0 && waited > uint64_t(w.timeout_ns))
      count(b->slot->wake_delays[bucket(waited - uint64_t(w.timeout_ns))]);
    begin_turn(*b, now);
    if (waited >= slept_ns)
      take_baseline(*b, now);
    return;
  }
  if (wait_site *s = find_site(*b, w.call.ip)) {
    s->had_events |= result > 0;
    s->left_ns = sys::now();
  }
}

bool is_loop_internal(const thread_block &b, const stack_frame *frames, unsigned n) {
  // the innermost activation that the idle wait shares with the loop's own wait
  for (unsigned f = 0; f < n; ++f)
    for (unsigned k = 0; k < b.wait_stack_size; ++k)
      if (frames[f].cfa == b.wait_stack[k].cfa && frames[f].cfa) {
        for (unsigned i = 1; i <= f; ++i)
          if (!is_direct_call_before(frames[i].ip))
            return false; // reached through a pointer: a handler
        return f <= 4;
      }
  return false;
}

namespace {

/// The block of a thread that waits at a learned idle site; null if this is none.
thread_block *idle_worker(const call_context &call) {
  if (__builtin_expect(process.idle_sites_used.load(std::memory_order_relaxed) == 0, 1) ||
      !contains(process.idle_sites, process.idle_sites_used, call.ip))
    return nullptr;
  thread_block *b = self.block;
  if (!b && !(b = arm_thread(wait_kind::idle_condition, call)))
    return nullptr;
  if (!b->confirmed) {
    b->confirmed = true;
    b->slot->wait = wait_kind::idle_condition;
    b->slot->confirmed.store(1, std::memory_order_release);
    start_watchdog();
    watch_raw_calls();
  }
  return b;
}

} // namespace

bool enter_idle_condition(const call_context &call) {
  thread_block *b = idle_worker(call);
  if (!b)
    return false;
  self.outermost = 0;
  end_turn(*b, call.start_ns);
  settle_pending(*b, true, 0);
  b->wait_start_ns = call.start_ns;
  return true;
}

void leave_idle_condition() {
  if (thread_block *b = self.block) {
    uint64_t now = sys::now();
    begin_turn(*b, now);
    if (now - b->wait_start_ns >= slept_ns)
      take_baseline(*b, now);
  }
}

void leave_unknown_condition(const call_context &call) {
  if (thread_block *b = idle_worker(call)) {
    uint64_t now = sys::now();
    begin_turn(*b, now);
    take_baseline(*b, now);
  }
}

bool is_shared_loop(const thread_block &b) {
  return b.slot->wait == wait_kind::idle_condition || (b.site_count && shared(b.sites[b.primary].key, b.thread));
}

bool learn_idle_condition(const call_context &call, uint64_t) {
  thread_block *b = self.block;
  if (!b || !b->site_count || !is_shared_loop(*b))
    return false;
  if (!b->wait_stack_size)
    return false;
  stack_frame frames[record::max_frames];
  unsigned n = walk_stack({call.ip, call.sp, call.bp}, false, b->stack, frames, record::max_frames);
  if (!is_loop_internal(*b, frames, n))
    return false;
  learn(process.idle_sites, process.idle_sites_used, call.ip);
  end_turn(*b, call.start_ns);
  settle_pending(*b, true, 0);
  uint64_t now = sys::now();
  begin_turn(*b, now);
  take_baseline(*b, now);
  return true;
}

void loop_descriptor_closed(int fd) {
  if (process.sandboxed)
    return;
  thread_block *b = self.block;
  if (unsigned(fd) < 1024)
    process.epoll_sharers[fd].store(0, std::memory_order_relaxed);
  if (!b || !b->site_count || b->sites[b->primary].key != uint64_t(fd) + 1)
    return;
  retire(*b);
}

void leave_thread() {
  if (self.block && !process.sandboxed)
    retire(*self.block);
}

} // namespace coroguard::guard
