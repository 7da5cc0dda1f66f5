// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From an observation to an entry of the record file: stacks are taken once per place, equal ones are counted, and everything
// stays tentative until the thread is seen to return to its loop.
#include "runtime/detect/mappings.h"
#include "runtime/detect/reporter.h"
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <sys/resource.h>

namespace coroguard::guard {
namespace {

spare_stack spare_stacks[record::max_loops];

uint64_t mix(uint64_t hash, uint64_t value) {
  value *= 0x9e3779b97f4a7c15ull;
  value ^= value >> 32;
  hash = (hash ^ value) * 0xff51afd7ed558ccdull;
  return hash ^ hash >> 29;
}

uint32_t hash_of(const char *text) {
  uint64_t hash = 1;
  for (; text && *text; ++text)
    hash = mix(hash, uint64_t(*text));
  return uint32_t(hash);
}

bool path_mapped_at(uint64_t start, char (&into)[232]) {
  mapping m;
  if (!find_mapping(start, m) || m.path[0] != '/')
    return false;
  memcpy(into, m.path, sizeof into);
  return true;
}

unsigned module_index(const dl_find_object &object) {
  auto &head = process.file->head;
  auto *link = object.dlfo_link_map;
  uint64_t start = uint64_t(object.dlfo_map_start);
  static std::atomic<uint32_t> last;
  // Another library may lie where one lay that was closed.
  uint32_t name = process.unloads.load(std::memory_order_relaxed) ? hash_of(link->l_name) : 0;
  auto is = [&](unsigned i) {
    auto &m = process.file->modules[i];
    return m.ready.load(std::memory_order_acquire) && m.start == start && m.load_address == link->l_addr && (!name || m.name == name);
  };
  unsigned n = head.modules_used.load(std::memory_order_acquire);
  if (n > record::max_modules)
    n = record::max_modules;
  if (unsigned l = last.load(std::memory_order_relaxed); l < n && is(l))
    return l;
  for (unsigned i = 0; i < n; ++i)
    if (is(i)) {
      last.store(i, std::memory_order_relaxed);
      return i;
    }
  unsigned i = head.modules_used.fetch_add(1, std::memory_order_acq_rel);
  if (i >= record::max_modules) {
    head.modules_used.store(record::max_modules, std::memory_order_relaxed);
    return record::no_module;
  }
  auto &m = process.file->modules[i];
  m.start = start;
  m.end = uint64_t(object.dlfo_map_end);
  m.load_address = link->l_addr;
  m.name = hash_of(link->l_name);
  const char *path = link->l_name && *link->l_name ? link->l_name : process.file->head.program;
  if (*path == '/' || *path == '[' || !path_mapped_at(start, m.path)) { // a relative one is the program's, not the reader's
    size_t length = strnlen(path, sizeof m.path - 1);
    memcpy(m.path, path, length);
    m.path[length] = 0;
  }
  m.ready.store(1, std::memory_order_release);
  return i;
}

void copy_label(char (&into)[44], const char *from) {
  size_t n = 0;
  for (; from && from[n] && n + 1 < sizeof into; ++n)
    into[n] = from[n];
  into[n] = 0;
}

struct site_key {
  record::kind what;
  function_id function;
  const stack_frame *frames;
  unsigned count;
  const char *label;
};

/// Addresses alone do not tell, once something was unloaded.
bool is_same_code(const record::site &s, const site_key &k) {
  if (!process.unloads.load(std::memory_order_relaxed) || !s.ready.load(std::memory_order_acquire) || s.frame_count != k.count)
    return true;
  for (unsigned i = 0; i < k.count; ++i) {
    record::frame now;
    encode_frames(&k.frames[i], 1, &now);
    if (now.value != s.frames[i].value && k.frames[i].ip != s.frames[i].value) // the latter: taken from another site
      return false;
  }
  return true;
}

/// Finds or claims the entry of a stack; none16 when the table is full. `fresh` tells the caller to fill in the rest.
uint16_t find_or_claim(const site_key &k, bool &fresh) {
  fresh = false;
  uint64_t hash = mix(uint64_t(k.what) + 1, k.function);
  for (unsigned i = 0; i < k.count; ++i)
    hash = mix(hash, k.frames[i].ip);
  for (const char *c = k.label; c && *c; ++c)
    hash = mix(hash, uint64_t(*c));
  hash |= 1;
  for (unsigned probe = 0; probe < 64; ++probe) {
    unsigned i = unsigned(hash >> 20) + probe;
    i %= record::max_sites;
    auto &s = process.file->sites[i];
    uint64_t seen = s.key.load(std::memory_order_acquire);
    if (seen == 0 && s.key.compare_exchange_strong(seen, hash)) {
      fresh = true;
      return uint16_t(i);
    }
    if (seen == hash && is_same_code(s, k))
      return uint16_t(i);
  }
  process.file->head.sites_dropped.fetch_add(1, std::memory_order_relaxed);
  return record::none16;
}

/// What only the thread itself knows.
void fill_from_thread(record::site &s) {
  s.system_call = int32_t(self.raw_call) - 1;
  if (s.label[0] || !process.label_source)
    return;
  uint64_t outermost = self.outermost;
  self.outermost = inside_mark;
  process.label_source(s.label, sizeof s.label);
  self.outermost = outermost;
}

/// Also called by the watchdog, a thread without thread-locals.
void fill(record::site &s, const site_key &k, const thread_block &b) {
  s.what = k.what;
  s.function = k.function;
  s.loop = b.index;
  s.thread = b.thread;
  s.first_ns = sys::now() - process.start_ns;
  s.call_site = record::none16;
  s.system_call = -1;
  copy_label(s.label, k.label && *k.label ? k.label : b.slot->label);
  s.frame_count = uint8_t(encode_frames(k.frames, k.count, s.frames));
  s.ready.store(1, std::memory_order_release);
}

bool within_rate(uint64_t now) {
  if (process.opt.reports_per_minute <= 0)
    return true;
  static std::atomic<uint64_t> window; // minute << 32 | used
  uint64_t minute = now / 60'000'000'000u + 1;
  uint64_t seen = window.load(std::memory_order_relaxed);
  for (;;) {
    uint64_t used = (seen >> 32) == minute ? (seen & 0xffffffff) : 0;
    if (used >= uint64_t(process.opt.reports_per_minute))
      return false;
    if (window.compare_exchange_weak(seen, minute << 32 | (used + 1)))
      return true;
  }
}

void raise(std::atomic<uint64_t> &longest, uint64_t value) {
  uint64_t seen = longest.load(std::memory_order_relaxed);
  while (seen < value && !longest.compare_exchange_weak(seen, value, std::memory_order_relaxed))
    ;
}

void act(uint16_t site, uint64_t duration) {
  auto &s = process.file->sites[site];
  bool halts = process.opt.halt_on_error || strcmp(process.opt.on_report.value, "abort") == 0;
  if ((halts || (process.callback && process.opt.suppressions.value[0])) && !counts_as_finding(site))
    return;
  if (process.callback) {
    coroguard_report_view view{s.what == record::kind::stall && s.why == record::verdict::cpu_bound ? "async-loop-without-suspension" : "async-blocking-call",
                               s.what == record::kind::stall ? "stall" : "call",
                               s.function < function_count ? function_table[s.function].name : s.label, s.label, duration,
                               uint64_t(s.confirmed.load(std::memory_order_relaxed))};
    if (process.callback == coroguard_throw_report) {
      process.callback(&view); // calls nothing we see, and does not return here
    } else {
      uint64_t outermost = self.outermost;
      uint32_t armed = self.armed;
      self.armed = 0, self.outermost = 0; // after an exception, the next wait or scope arms the thread again
      process.callback(&view);
      self.armed = armed, self.outermost = outermost;
    }
  }
  if (halts)
    halt();
}

/// The return addresses in the slots of `c`, read from the stack at `sp` as it is now.
uint64_t addresses_at(const seen_call &c, uint64_t sp) {
  uint64_t hash = 1;
  for (unsigned i = 0; i < c.count; ++i)
    hash = mix(hash, reinterpret_cast<const uint64_t *>(sp)[c.slots[i]]);
  return hash;
}

/// Remembers the return addresses of a walk that lie on the thread's own stack, as many as there is room for.
void remember(seen_call &c, uint64_t key, uint16_t site, const call_context &call, const stack_bounds &stack, const stack_frame *frames, unsigned n) {
  c = {key, 0, site, 0, {}};
  if (call.sp < stack.low || call.sp >= stack.high || call.sp % 8)
    return void(c.key = 0); // a signal's or a fiber's stack is walked every time
  for (unsigned i = 0; i < n && c.count < sizeof c.slots / sizeof c.slots[0]; ++i) {
    uint64_t slot = frames[i].cfa - 8 - call.sp;
    if (frames[i].cfa < call.sp + 8 || frames[i].cfa > stack.high || slot % 8 || slot / 8 > 0xffff)
      break;
    c.slots[c.count++] = uint16_t(slot / 8);
  }
  c.addresses = addresses_at(c, call.sp);
}

void add_pending(thread_block &b, uint16_t site, uint64_t now, uint64_t wait_ip) {
  for (unsigned i = 0; i < b.pending_count; ++i)
    if (b.pending[i].site == site && b.pending[i].wait_ip == wait_ip && b.pending[i].count < 0xffff) {
      ++b.pending[i].count;
      return;
    }
  if (b.pending_count < 32)
    b.pending[b.pending_count++] = {now, wait_ip, site, 1};
}

} // namespace

unsigned encode_frames(const stack_frame *in, unsigned n, record::frame *out) {
  for (unsigned i = 0; i < n; ++i) {
    dl_find_object object;
    uint64_t ip = in[i].ip;
    if (_dl_find_object(reinterpret_cast<void *>(ip - 1), &object) == 0 && object.dlfo_link_map)
      out[i].value = record::frame::make(module_index(object), ip - object.dlfo_link_map->l_addr);
    else
      out[i].value = record::frame::make(record::no_module, ip);
  }
  return n;
}

unsigned walk_own_stack(thread_block &b, const call_context &call) {
  constexpr uint64_t needed = sizeof(spare_stack);
  machine_state start{call.ip, call.sp, call.bp};
  uint64_t here = reinterpret_cast<uint64_t>(__builtin_frame_address(0));
  if (b.stack.bottom + needed <= here && here < b.stack.high)
    return walk_stack(start, false, b.stack, b.scratch, record::max_frames);
  uint64_t all = ~uint64_t(0), old = 0; // a fiber's stack, a signal's, or one that is nearly full
  sys::call(SYS_rt_sigprocmask, 0 /* SIG_BLOCK */, long(&all), long(&old), 8);
  unsigned n = walk_stack_aside(spare_stacks[b.index], start, false, b.stack, b.scratch, record::max_frames);
  sys::call(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, long(&old), 0, 8);
  return n;
}

void report_call(const call_context &call, uint64_t duration, record::kind what, const char *label, uint64_t wait_ip) {
  thread_block *b = self.block;
  if (!b || process.disabled || sys::gettid() != long(self.thread)) // the last: a vfork child runs in its parent's memory
    return;
  if (self.allow_depth && !self.forbid_depth) {
    process.file->scopes[self.allow_scope].hits.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  uint64_t now = call.start_ns + duration;
  if (process.opt.grace_ms && now - b->armed_since_ns < uint64_t(process.opt.grace_ms) * 1'000'000)
    return;
  // Same function, same stack depth, same return addresses in the same places: the same stack, without walking it again.
  if (uint32_t unloads = process.unloads.load(std::memory_order_relaxed); __builtin_expect(b->seen_unloads != unloads, 0)) {
    b->seen_unloads = unloads;
    for (seen_call &c : b->seen)
      c.key = 0;
  }
  uint64_t quick = mix(mix(call.function, call.ip), call.sp);
  seen_call &cached = b->seen[quick % 64];
  uint16_t index;
  bool fresh = false;
  if (cached.key == quick && !label && addresses_at(cached, call.sp) == cached.addresses) {
    index = cached.site;
  } else {
    const stack_frame *frames = b->scratch;
    unsigned n = walk_own_stack(*b, call);
    site_key key{what, call.function, frames, n, label};
    index = find_or_claim(key, fresh);
    if (index == record::none16)
      return;
    if (fresh) {
      if (!within_rate(now)) {
        process.file->head.rate_limited.fetch_add(1, std::memory_order_relaxed);
        process.file->sites[index].suppressed.store(1, std::memory_order_relaxed);
      }
      fill(process.file->sites[index], key, *b);
      fill_from_thread(process.file->sites[index]);
    }
    if (!label)
      remember(cached, quick, index, call, b->stack, frames, n);
  }
  auto &s = process.file->sites[index];
  s.total_ns.fetch_add(duration, std::memory_order_relaxed);
  raise(s.longest_ns, duration);
  b->last_seen_ns = now;
  if (duration >= b->longest_call_ns)
    b->longest_call_ns = duration, b->longest_call_site = index;
  if (duration >= uint64_t(process.opt.trace_turns_us) * 1000) {
    uint32_t i = process.file->head.events_used.fetch_add(1, std::memory_order_relaxed);
    process.file->events[i % record::max_events] = {call.start_ns - process.start_ns, duration, record::kind::call, 0, b->index, index, 0};
  }
  if (self.registered || self.forbid_depth) {
    s.confirmed.fetch_add(1, std::memory_order_relaxed);
    act(index, duration);
  } else {
    s.tentative.fetch_add(1, std::memory_order_relaxed);
    add_pending(*b, index, call.start_ns, wait_ip);
  }
}

void settle_pending(thread_block &b, bool proven, uint64_t not_before) {
  unsigned n = b.pending_count;
  b.pending_count = 0;
  if (!proven)
    return;
  for (unsigned i = 0; i < n; ++i) {
    pending_report &p = b.pending[i];
    if (p.time_ns < not_before)
      continue;
    auto &s = process.file->sites[p.site];
    s.tentative.fetch_sub(p.count, std::memory_order_relaxed);
    s.confirmed.fetch_add(p.count, std::memory_order_relaxed);
    act(p.site, s.longest_ns.load(std::memory_order_relaxed));
  }
}

void retract_wait(thread_block &b, uint64_t wait_ip) {
  unsigned kept = 0;
  for (unsigned i = 0; i < b.pending_count; ++i) {
    if (b.pending[i].wait_ip == wait_ip)
      process.file->sites[b.pending[i].site].tentative.fetch_sub(b.pending[i].count, std::memory_order_relaxed);
    else
      b.pending[kept++] = b.pending[i];
  }
  b.pending_count = uint8_t(kept);
}

/// The site of a stall that the watchdog did not see. Without a stack in `key` it is that of the call `cause`. none16 if
/// there is no room.
static uint16_t site_of_stall(site_key key, uint16_t cause, uint64_t end, thread_block &b) {
  stack_frame from_call[record::max_frames];
  const record::site *call = key.count || cause == record::none16 ? nullptr : &process.file->sites[cause];
  if (call) {
    for (; key.count < call->frame_count; ++key.count)
      from_call[key.count] = {call->frames[key.count].value, 0};
    key.frames = from_call, key.function = call->function;
  }
  bool fresh = false;
  uint16_t index = find_or_claim(key, fresh);
  if (index == record::none16 || !fresh)
    return index;
  auto &s = process.file->sites[index];
  if (!within_rate(end)) {
    process.file->head.rate_limited.fetch_add(1, std::memory_order_relaxed);
    s.suppressed.store(1, std::memory_order_relaxed);
  }
  fill(s, key, b);
  if (call)
    memcpy(static_cast<void *>(s.frames), call->frames, sizeof(record::frame) * call->frame_count);
  return index;
}

void report_stall(thread_block &b, uint64_t start, uint64_t duration) {
  if (process.disabled || sys::gettid() != long(b.thread))
    return;
  if (process.opt.grace_ms && start - b.armed_since_ns < uint64_t(process.opt.grace_ms) * 1'000'000)
    return;
  rusage usage{};
  sys::call(SYS_getrusage, 1, long(&usage));
  bool own_base = b.base_turn == b.turn_id;
  bool watched = b.watch_turn == b.turn_id;
  uint64_t end = start + duration;
  judgement verdict = judge(b, start, end);

  // The stack: of the call that took most of the turn, else what the watchdog saw, else the loop's own wait.
  uint16_t cause = b.longest_call_ns >= duration / 2 ? b.longest_call_site : record::none16;
  stack_frame *frames = b.wait_stack;
  unsigned n = 0;
  function_id function = record::none16;
  if (watched && b.watch_stack_size)
    frames = b.watch_stack, n = b.watch_stack_size, function = b.watch_function;
  if (!n && cause == record::none16 && verdict.why == record::verdict::blocked && is_shared_loop(b))
    return; // too short for a sample and no call to name: workers of one loop wait for each other's locks
  uint16_t index = watched ? b.watch_site : record::none16;
  if (index == record::none16)
    index = site_of_stall({record::kind::stall, function, frames, n, b.slot->label}, cause, end, b);
  if (index == record::none16)
    return;
  auto &s = process.file->sites[index];
  s.end = record::stall_end::at_wait;
  if (duration >= s.longest_ns.load(std::memory_order_relaxed)) {
    s.why = verdict.why;
    s.cpu_ns = verdict.cpu, s.runqueue_ns = verdict.waited;
    s.voluntary_switches = uint32_t(usage.ru_nvcsw) - (own_base ? b.base_switches : uint32_t(usage.ru_nvcsw));
    if (watched)
      s.system_call = b.watch_system_call, s.samples = uint16_t(b.watch_samples);
    if (cause != record::none16)
      s.call_site = cause;
  }
  s.total_ns.fetch_add(duration, std::memory_order_relaxed);
  raise(s.longest_ns, duration);
  uint32_t i = process.file->head.events_used.fetch_add(1, std::memory_order_relaxed);
  process.file->events[i % record::max_events] = {start - process.start_ns, duration, record::kind::stall, 0, b.index, index, 0};
  b.watch_site = record::none16;
  // end_turn is called on the way into a wait: that the loop goes on is proof enough once it is a loop
  if (b.confirmed || self.registered) {
    s.confirmed.fetch_add(1, std::memory_order_relaxed);
    act(index, duration);
  } else {
    s.tentative.fetch_add(1, std::memory_order_relaxed);
    add_pending(b, index, start, 0);
  }
}

void report_stall_in_progress(thread_block &b, uint64_t start, uint64_t end) {
  uint64_t duration = end - start;
  site_key key{record::kind::stall, b.watch_function, b.watch_stack, b.watch_stack_size, *b.slot->label ? b.slot->label : b.watch_label};
  bool fresh = false;
  uint16_t index = b.watch_site;
  if (index == record::none16) {
    index = find_or_claim(key, fresh);
    if (index == record::none16)
      return;
    auto &s = process.file->sites[index];
    if (fresh) {
      fill(s, key, b);
      s.end = record::stall_end::open;
    }
    b.watch_site = index;
  }
  auto &s = process.file->sites[index];
  if (s.end == record::stall_end::at_wait)
    return;
  raise(s.longest_ns, duration);
  if (!sys::thread_cpu_ns(b.thread))
    return; // the thread has ended: what was judged before stays
  judgement verdict = judge(b, start, sys::now());
  s.why = verdict.why;
  s.cpu_ns = verdict.cpu, s.runqueue_ns = verdict.waited;
  s.system_call = b.watch_system_call;
}

void judge_last_turn(thread_block &b, uint64_t end) {
  uint64_t start = b.slot->turn_start_ns.load(std::memory_order_acquire);
  if (uint64_t left = b.slot->left_ns.load(std::memory_order_acquire))
    end = left;
  if (!sys::thread_cpu_ns(b.thread)) // a thread of no libc ended without coming back: until it was last seen
    end = b.last_seen_ns > start ? b.last_seen_ns : start;
  if (b.judged_turn == b.turn_id && b.slot->left_ns.load(std::memory_order_relaxed))
    return;
  b.judged_turn = b.turn_id;
  if (!start || end < start || end - start < uint64_t(process.opt.threshold_ms) * 1'000'000 || b.slot->gone.load())
    return;
  if (b.watch_turn != b.turn_id || !b.watch_stack_size) {
    if (b.longest_call_site == record::none16)
      return; // too short for a sample, and no call to name: nothing to show
    auto &c = process.file->sites[b.longest_call_site];
    if (b.longest_call_ns < (end - start) / 2)
      return;
    bool fresh;
    stack_frame frames[record::max_frames];
    for (unsigned i = 0; i < c.frame_count; ++i)
      frames[i] = {c.frames[i].value, 0};
    site_key key{record::kind::stall, c.function, frames, c.frame_count, b.slot->label};
    uint16_t index = find_or_claim(key, fresh);
    if (index == record::none16)
      return;
    auto &s = process.file->sites[index];
    if (fresh) {
      fill(s, key, b);
      memcpy(static_cast<void *>(s.frames), c.frames, sizeof(record::frame) * c.frame_count);
      s.end = record::stall_end::elsewhere;
      s.why = record::verdict::blocked;
      s.call_site = b.longest_call_site;
      raise(s.longest_ns, end - start);
    }
    return;
  }
  report_stall_in_progress(b, start, end);
  if (auto &s = process.file->sites[b.watch_site < record::max_sites ? b.watch_site : 0]; b.watch_site != record::none16 && s.end == record::stall_end::open)
    s.end = record::stall_end::elsewhere;
}

} // namespace coroguard::guard
