// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What every hook does: a test of one thread-local, a jump to the real function; on a loop thread, the condition of the row,
// the call, and what is to be said about it. Hooks allocate nothing, lock nothing and leave errno alone.
#pragma once

#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <sys/resource.h>

namespace coroguard::guard {

/// Resolves every real function at once.
void resolve_interposed();
/// The definition behind ours, with the version a program would get; null if there is none.
void *next_symbol(const char *name);

enum : function_id {
#define COROGUARD_INTERPOSE(function, ...) id_##function,
#define COROGUARD_INTERPOSE_VARIADIC(function, ...) id_##function,
#include "Interposers.gen.inc"
  id_count
};

/// What a condition says about a call: no report, a report if it is seen to wait, a report.
struct finding_level {
  enum value : uint8_t { none, if_waited, always } level = none;
  constexpr finding_level() = default;
  constexpr finding_level(value v) : level(v) {}
  constexpr finding_level(bool yes) : level(yes ? always : none) {}
  friend constexpr finding_level operator&&(finding_level a, finding_level b) { return a.level < b.level ? a : b; }
  friend constexpr finding_level operator||(finding_level a, finding_level b) { return a.level < b.level ? b : a; }
  friend constexpr finding_level operator!(finding_level a) { return a.level == none ? always : none; }
};

/// What a system call by this number may do, given its second and third argument.
finding_level raw_wait(long number, long b, long c);

/// Before a system call that may install a filter, see sandbox.cpp. `a` and `c`: its first and third argument.
void before_system_call(long number, long a, long c);
void before_filter(bool strict, unsigned long filter);

/// False inside another interposed call: the outermost name is the one the user wrote; and where nobody looks any more.
[[gnu::always_inline]] inline bool is_outermost(const void *frame) {
  uint64_t here = reinterpret_cast<uint64_t>(frame);
  if (__builtin_expect(process.disabled, 0))
    return false;
  return !self.outermost || (self.outermost != inside_mark && (here >= self.outermost || self.outermost - here > (uint64_t(8) << 20)));
}

[[gnu::always_inline]] inline call_context context_of(function_id function, const void *return_address, const void *frame) {
  return {function, reinterpret_cast<uint64_t>(return_address), reinterpret_cast<uint64_t>(frame) + 16,
          *static_cast<const uint64_t *>(frame), 0};
}

/// How often this thread gave up the processor of its own accord: what tells waiting from being interrupted.
inline uint32_t voluntary_switches() {
  rusage usage;
  sys::call(SYS_getrusage, 1 /* RUSAGE_THREAD */, long(&usage));
  return uint32_t(usage.ru_nvcsw);
}

[[gnu::always_inline]] inline void enter_call(call_context &call, const void *frame) {
  call.start_ns = sys::now();
  self.outermost = reinterpret_cast<uint64_t>(frame);
  if (thread_block *b = self.block) {
    if (__builtin_expect(b->wait_stack_size > 2 && call.sp >= b->wait_stack[2].cfa, 0))
      note_position(*b, call.sp, call.start_ns);
    auto &now = b->slot->call;
    uint32_t sequence = now.sequence.load(std::memory_order_relaxed);
    now.function = call.function;
    now.start_ns = call.start_ns;
    now.ip = call.ip, now.sp = call.sp, now.bp = call.bp;
    now.sequence.store((sequence + 1) | 1, std::memory_order_release); // odd, also after a call that was left by an exception
  }
}

/// Ends what enter_call began; the duration.
[[gnu::always_inline]] inline uint64_t end_call(const call_context &call) {
  self.outermost = 0;
  if (thread_block *b = self.block) {
    auto &now = b->slot->call;
    now.sequence.store((now.sequence.load(std::memory_order_relaxed) + 1) & ~1u, std::memory_order_release);
  }
  return sys::now() - call.start_ns;
}

/// Reports as the level says. `switches`: of voluntary_switches() before the call; a level of `if_waited` needs one more after.
void conclude_call(const call_context &call, finding_level level, uint64_t duration, uint32_t switches);
inline constexpr uint32_t any_switches = ~0u; ///< the caller knows that it waited, if it took long

} // namespace coroguard::guard

#define COROGUARD_EXPORT extern "C" __attribute__((visibility("default"), used))
#define COROGUARD_UNLIKELY_ARMED __builtin_expect(::coroguard::guard::self.armed != 0, 0)
