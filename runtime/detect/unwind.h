// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A stack walker of our own: reads .eh_frame of the loaded objects. No allocation, no locks, no exceptions machinery, safe in
// signal handlers and on another thread's stack: a bad pointer ends the walk instead of the program.
#pragma once

#include <stdint.h>

namespace coroguard::guard {

/// Where a walk starts: the state *in* the innermost frame, after the call returned to `ip`.
struct machine_state {
  uint64_t ip, sp, bp;
  uint64_t rbx = 0, r12 = 0, r13 = 0, r14 = 0, r15 = 0;
};

struct stack_frame {
  uint64_t ip;  ///< return address into this frame, or the interrupted instruction
  uint64_t cfa; ///< canonical frame address: identifies this activation together with the function
};

/// Stack memory that may be read directly; everything else goes through process_vm_readv.
struct stack_bounds {
  uint64_t low = 0, high = 0;
  uint64_t bottom = 0; ///< of the mapping; what lies between it and `low` may be unused
};

/// Fills at most `capacity` frames, innermost first; returns how many. `exact_ip`: the first `ip` is an interrupted
/// instruction, not a return address.
unsigned walk_stack(const machine_state &start, bool exact_ip, stack_bounds bounds, stack_frame *frames, unsigned capacity);

/// Memory to walk on where the program's own stack may be too small for that (a fiber's, an alternate signal stack).
struct alignas(64) spare_stack {
  char bytes[12 * 1024];
};
/// As walk_stack, on another stack. All signals must be blocked: their handlers would run there.
unsigned walk_stack_aside(spare_stack &aside, const machine_state &start, bool exact_ip, stack_bounds bounds, stack_frame *frames, unsigned capacity);

/// Copies memory that may not be mapped; false if it is not.
bool safe_read(uint64_t address, void *into, uint64_t size);

/// True if the instruction before this return address is a call whose target is fixed by the code: a direct call, or one
/// through the GOT. Handlers of a loop are always reached through a pointer.
bool is_direct_call_before(uint64_t return_address);

} // namespace coroguard::guard
