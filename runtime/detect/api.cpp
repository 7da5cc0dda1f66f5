// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The guard's C interface (include/coroguard/guard.h): scopes, marks, loops that announce themselves.
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <string.h>

using namespace coroguard::guard;
namespace record = coroguard::record;

namespace {

[[gnu::always_inline]] inline call_context here(const void *caller, const void *frame) {
  return {record::none16, reinterpret_cast<uint64_t>(caller), reinterpret_cast<uint64_t>(frame) + 16, *static_cast<const uint64_t *>(frame), sys::now()};
}

uint16_t allowed_index(const char *reason) {
  for (unsigned i = 0; i < record::max_scopes; ++i) {
    auto &s = process.file->scopes[i];
    uint32_t state = s.ready.load(std::memory_order_acquire);
    if (state == 0 && s.ready.compare_exchange_strong(state, 1)) {
      strncpy(s.reason, reason, sizeof s.reason - 1);
      s.ready.store(2, std::memory_order_release);
      return uint16_t(i);
    }
    if (strncmp(s.reason, reason, sizeof s.reason - 1) == 0)
      return uint16_t(i);
  }
  return record::max_scopes - 1;
}

void rearm() { self.armed = self.block != nullptr && (self.forbid_depth || self.registered || self.block->site_count || self.block->confirmed); }

template <unsigned N> void copy(char (&into)[N], const char *from) {
  strncpy(into, from ? from : "", N - 1);
  into[N - 1] = 0;
}

} // namespace

extern "C" {

// Depths grow from 1 over both kinds of scope, so that the larger one is the innermost.
void coroguard_forbid_enter(const char *) {
  if (!self.block && !arm_thread(record::wait_kind::scope, here(__builtin_return_address(0), __builtin_frame_address(0))))
    return;
  self.scopes = self.scopes << 1 | 1;
  self.forbid_depth = 1;
  rearm();
}
void coroguard_forbid_leave(void) {
  self.scopes >>= 1;
  self.forbid_depth = self.scopes & 1;
  rearm();
}
void coroguard_allow_enter(const char *reason) {
  if (!ensure_record())
    return;
  self.scopes = self.scopes << 1;
  ++self.allow_depth;
  self.allow_scope = allowed_index(reason ? reason : "");
  self.forbid_depth = 0;
}
void coroguard_allow_leave(void) {
  if (!self.allow_depth)
    return;
  self.scopes >>= 1;
  --self.allow_depth;
  self.forbid_depth = self.scopes & 1;
}

uint64_t coroguard_mark_enter(const char *) {
  if (!self.armed || self.outermost)
    return 0;
  call_context call = here(__builtin_return_address(0), __builtin_frame_address(0));
  self.outermost = inside_mark;
  return call.start_ns;
}
void coroguard_mark_leave(const char *name, uint64_t token) {
  if (!token)
    return;
  call_context call = here(__builtin_return_address(0), __builtin_frame_address(0));
  uint64_t duration = call.start_ns - token;
  call.start_ns = token;
  self.outermost = 0;
  if (process.opt.calls)
    report_call(call, duration, record::kind::marked, name, 0);
}

void coroguard_loop_begin(const char *name) {
  thread_block *b = self.block;
  if (!b && !(b = arm_thread(record::wait_kind::heartbeat, here(__builtin_return_address(0), __builtin_frame_address(0)))))
    return;
  b->confirmed = b->announced = true;
  b->slot->confirmed.store(1, std::memory_order_release);
  self.registered = true;
  self.armed = 1;
  if (name)
    copy(b->slot->name, name);
  start_watchdog();
  watch_raw_calls();
  begin_turn(*b, sys::now());
}
void coroguard_loop_end(void) {
  if (!self.block || !self.registered)
    return;
  end_turn(*self.block, sys::now());
  self.registered = false;
  forget_raw_calls();
  self.block->slot->gone.store(1, std::memory_order_release);
  self.block = nullptr;
  self.armed = 0;
}
void coroguard_loop_name(const char *name) {
  copy(self.name, name);
  if (self.block)
    copy(self.block->slot->name, name);
}
void coroguard_heartbeat(void) {
  if (thread_block *b = self.block) {
    uint64_t now = sys::now();
    end_turn(*b, now);
    begin_turn(*b, now);
  }
}
void coroguard_idle_enter(void) {
  if (!self.block)
    return;
  end_turn(*self.block, sys::now());
  self.armed = 0; // the wait may be any call
}
void coroguard_idle_leave(void) {
  if (!self.block)
    return;
  begin_turn(*self.block, sys::now());
  rearm();
}
void coroguard_label(const char *what) {
  if (self.block)
    copy(self.block->slot->label, what);
}

void coroguard_label_source(void (*describe)(char *, uint64_t)) { process.label_source = describe; }

void coroguard_on_report(void (*callback)(const coroguard_report_view *)) { process.callback = callback; }

void coroguard_read_counts(coroguard_counts *into) {
  memset(into, 0, sizeof *into);
  if (!process.file)
    return;
  for (auto &s : process.file->sites)
    if (uint32_t n = s.ready.load(std::memory_order_acquire) ? s.confirmed.load(std::memory_order_relaxed) : 0) {
      into->reports += n;
      (s.what == record::kind::stall ? into->stalls : into->calls) += n;
    }
  for (auto &s : process.file->scopes)
    into->allowed += s.hits.load(std::memory_order_relaxed);
}
void coroguard_settle(void) {
  if (self.block)
    settle_pending(*self.block, self.block->confirmed, 0);
}
int coroguard_active(void) { return process.init_done && !process.disabled; }

} // extern "C"
