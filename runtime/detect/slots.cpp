// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A thread that waits for events gets a block of its own and a slot in the record: which one, and what is known about the
// thread's stack. What becomes of it is loop.cpp's.
#include "runtime/detect/mappings.h"
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <pthread.h>
#include <string.h>

namespace coroguard::guard {
namespace {

using record::wait_kind;

/// The stack that holds `sp`: memory the walker may read without asking the kernel.
stack_bounds find_stack(uint64_t sp) {
  mapping m;
  return find_mapping(sp, m) ? stack_bounds{sp & ~uint64_t(4095), m.high, m.low} : stack_bounds{};
}

/// A process may run many loops, one after the other, and has only so many slots.
enum class slot_choice : uint8_t { same_loop, free, of_no_loop, of_this_thread, of_a_past_loop };
bool fits(const record::loop_slot &slot, slot_choice choice, wait_kind kind) {
  uint32_t thread = slot.thread.load(std::memory_order_relaxed);
  if (choice == slot_choice::free || !thread)
    return choice == slot_choice::free && !thread;
  if (!slot.gone.load(std::memory_order_relaxed))
    return false;
  switch (choice) {
  case slot_choice::same_loop: // run again
    return thread == self.thread && slot.wait == kind && (!self.name[0] || strcmp(slot.name, self.name) == 0);
  case slot_choice::of_no_loop:
    return !slot.confirmed.load(std::memory_order_relaxed);
  case slot_choice::of_this_thread:
    return thread == self.thread;
  default:
    return true;
  }
}

/// False if another thread was faster. A used slot belongs to who takes its mark; the watchdog sees no turn in it yet.
bool claim(record::loop_slot &slot) {
  uint32_t nobody = 0;
  if (slot.thread.compare_exchange_strong(nobody, self.thread))
    return true;
  if (!slot.gone.exchange(0))
    return false;
  slot.thread.store(self.thread);
  return true;
}

} // namespace

thread_block *arm_thread(wait_kind kind, const call_context &call) {
  if (process.disabled || !ensure_record())
    return nullptr;
  if (!self.thread)
    self.thread = uint32_t(sys::gettid());
  for (slot_choice choice : {slot_choice::same_loop, slot_choice::free, slot_choice::of_no_loop, slot_choice::of_this_thread, slot_choice::of_a_past_loop})
    for (unsigned i = 0; i < record::max_loops; ++i) {
      auto &slot = process.file->loops[i];
      if (!fits(slot, choice, kind) || !claim(slot))
        continue;
      thread_block *b = block_at(i);
      memset(static_cast<void *>(b), 0, sizeof *b);
      b->slot = &slot;
      b->index = uint16_t(i);
      b->thread = self.thread;
      b->armed_since_ns = sys::now();
      b->stack = find_stack(call.sp);
      b->watch_site = b->longest_call_site = record::none16;
      b->popped_in_loop = 2; // a wait function and a step function return before handlers run
      slot.gone.store(0, std::memory_order_relaxed);
      slot.wait = kind;
      char comm[32] = "/proc/self/task/";
      char path[64];
      sys::put_text(sys::put_number(sys::put_text(path, comm), self.thread), "/comm");
      size_t n = sys::slurp(path, comm, sizeof comm);
      while (n && (comm[n - 1] == '\n'))
        --n;
      memcpy(slot.name, comm, n), slot.name[n] = 0;
      if (self.name[0])
        memcpy(slot.name, self.name, sizeof slot.name);
      b->wait_stack_size = uint8_t(walk_stack({call.ip, call.sp, call.bp}, false, b->stack, b->wait_stack, record::max_frames));
      slot.frame_count = uint8_t(encode_frames(b->wait_stack, b->wait_stack_size, slot.frames));
      self.block = b;
      self.armed = 1;
      pthread_setspecific(process.exit_key, b); // a small key: libc stores it without allocating
      return b;
    }
  return nullptr;
}

} // namespace coroguard::guard
