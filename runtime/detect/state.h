// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the guard knows: one small thread-local, one larger block per loop thread, one process-wide block. Words: a *turn* is
// the time between two waits of a loop; a thread is *armed* from its first wait on, and what is seen before the loop is proven
// or before the thread returns to its wait stays *tentative*.
#pragma once

#include "runtime/core/options.h"
#include "runtime/core/record_format.h"
#include "runtime/detect/unwind.h"
#include "runtime/include/coroguard/guard.h"

namespace coroguard::guard {

/// Hot part: one load decides whether a call is looked at. Never constructed, zero is the right start.
struct thread_local_state {
  uint32_t armed; ///< 0: this thread is on no loop and in no scope
  uint32_t thread;
  uint64_t outermost; ///< frame address of the interposed call that runs now; 0: none
  struct thread_block *block;
  uint64_t scopes; ///< innermost scope in the lowest bit: 1 forbids, 0 allows
  uint32_t allow_depth;
  uint32_t forbid_depth; ///< 1 if the innermost scope forbids
  uint16_t allow_scope; ///< innermost allow scope, index into record scopes
  char name[40]; ///< of the loop, given before the guard knew it
  bool registered;      ///< the loop announced itself, nothing is tentative
  bool dispatched;      ///< see raw_calls.cpp
  volatile char selector; ///< read by the kernel: 1 turns system calls outside libc into signals
  int64_t raw_call;     ///< number + 1 of the system call that is being reported, which passed no function of libc's
};
extern constinit thread_local thread_local_state self __attribute__((tls_model("initial-exec"), visibility("hidden")));

/// `outermost` inside a marked stretch of code: everything is nested, whatever its frame.
inline constexpr uint64_t inside_mark = ~uint64_t(0);

/// A place where a thread waits for events.
struct wait_site {
  uint64_t ip;
  uint64_t key; ///< epoll descriptor + 1, ring address, or 0
  uint64_t first_ns, left_ns; ///< first visit; last return while it counted as a call that blocks
  uint32_t count, in_turn;
  record::wait_kind kind;
  bool had_events, wide, idle;
};

struct pending_report {
  uint64_t time_ns;
  uint64_t wait_ip; ///< the report is about a wait at this place; it may turn out to be a nested loop
  uint16_t site;
  uint16_t count;
};

/// A stack that was walked before, recognised without walking it again: where its return addresses lie, and what they were.
struct seen_call {
  uint64_t key;       ///< function, innermost return address, stack depth
  uint64_t addresses; ///< of all return addresses
  uint16_t site;
  uint8_t count;
  uint16_t slots[27]; ///< in words above the stack pointer
};

/// Everything about one thread that waits for events. Index equals the index of its record::loop_slot.
struct thread_block {
  record::loop_slot *slot;
  uint16_t index;
  bool confirmed;
  bool announced; ///< by loop_begin: it says itself when it ends
  uint32_t thread;
  stack_bounds stack;
  // waits
  wait_site sites[8];
  uint8_t site_count, primary;
  bool adopted; ///< a loop that announced itself: its own wait is known
  uint64_t wait_start_ns;
  uint64_t armed_since_ns;
  stack_frame wait_stack[record::max_frames];
  uint8_t wait_stack_size;
  uint8_t popped, popped_in_loop; ///< frames of wait_stack that were gone at a call: most in this turn, most inside the loop
  uint64_t last_seen_ns; ///< end of the last reported call
  uint64_t judged_turn; ///< the turn whose end outside the loop has been told
  // the turn in progress
  uint64_t turn_start_ns, turn_id;
  uint64_t base_turn, base_wall_ns, base_cpu_ns;
  uint32_t base_switches;
  uint16_t longest_call_site;
  uint64_t longest_call_ns;
  // reports not proven yet
  pending_report pending[32];
  uint8_t pending_count;
  seen_call seen[64];
  uint32_t seen_unloads; ///< process.unloads when they were seen
  stack_frame scratch[record::max_frames]; ///< of the thread's own walks, which its stack may be too small for
  // written by the watchdog
  uint64_t watch_turn, watch_wall_ns, watch_cpu_ns, watch_runqueue_ns, watch_next_sample_ns, watch_gap_ns;
  uint64_t watch_inside_ns; ///< when a sample last showed the thread inside its loop
  uint32_t watch_switches;
  uint32_t watch_samples;
  int32_t watch_system_call;
  stack_frame watch_stack[record::max_frames];
  uint8_t watch_stack_size;
  uint16_t watch_function;
  char watch_label[44]; ///< of the coroutine that was sampled, by the label source
  uint16_t watch_site; ///< provisional stall site, none16 if there is none
};

struct process_state {
  options opt;
  record::file *file; ///< null until the first loop or scope
  bool disabled;
  bool sandboxed; ///< disabled because of a filter: no system call of ours may be made any more
  bool init_done;
  bool keep_record;
  bool linked; ///< not preloaded by the launcher: report at exit
  uint32_t pid;
  uint32_t exit_key; ///< pthread key whose destructor tells that a loop thread ends
  uint64_t start_ns;
  char record_path[256];
  char library_path[256];
  long handed_record; ///< the launcher's file, mapped at start; 0: none, or in use
  std::atomic<uint32_t> unloads; ///< calls of dlclose: code may lie where other code lay
  std::atomic<uint32_t> watchdog_running;
  std::atomic<uint32_t> idle_sites_used;
  std::atomic<uint64_t> idle_sites[32]; ///< return addresses of learned idle waits of shared loops
  std::atomic<uint32_t> loop_sites_used;
  std::atomic<uint64_t> loop_sites[32]; ///< return addresses of proven loop waits
  std::atomic<uint64_t> epoll_sharers[1024]; ///< last two threads that waited on this epoll descriptor
  void (*callback)(const ::coroguard_report_view *);
  void (*label_source)(char *into, uint64_t size);
};
extern process_state process __attribute__((visibility("hidden")));

/// Index into the generated table of interposed functions.
using function_id = uint16_t;
struct function_info {
  const char *name; ///< the symbol
};
extern const function_info function_table[] __attribute__((visibility("hidden")));
extern const unsigned function_count __attribute__((visibility("hidden")));

struct call_context {
  function_id function;
  uint64_t ip, sp, bp; ///< in the caller, after the call
  uint64_t start_ns;
};

// loop.cpp, slots.cpp: recognition of loops, turns
enum class wait_role : uint8_t { pass, idle, blocking };
struct wait_call {
  call_context call;
  record::wait_kind kind;
  uint64_t key;
  int64_t timeout_ns; ///< -1: for ever
  unsigned width;     ///< descriptors waited for, if the call tells
};
wait_role enter_wait(const wait_call &wait);
void leave_wait(const wait_call &wait, wait_role role, long result);
/// A condition variable wait: true if it is the learned idle wait of a shared loop (a wait in the sense of enter_wait).
bool enter_idle_condition(const call_context &call);
/// A condition wait returned that nobody knew to be idle when it began: a turn begins if it is known by now.
void leave_unknown_condition(const call_context &call);
void leave_idle_condition();
/// After a condition wait that was not known to be idle: learns it if it belongs to the loop itself.
bool learn_idle_condition(const call_context &call, uint64_t duration_ns);
/// Whether other threads run this loop too.
bool is_shared_loop(const thread_block &block);
bool is_loop_internal(const thread_block &block, const stack_frame *frames, unsigned count);
thread_block *arm_thread(record::wait_kind kind, const call_context &call);
/// A call was made from `sp`: notices that the function that runs the loop has returned. What follows the last turn is not
/// part of it.
void note_position(thread_block &block, uint64_t sp, uint64_t now);
/// Ends a turn that no wait will end: its verdict, and a report if it was a stall.
void judge_last_turn(thread_block &block, uint64_t end);
/// The calling thread ends: so does its turn.
void leave_thread();
/// How many frames of the loop's own wait are gone when the stack ends at `sp`.
unsigned popped_frames(const thread_block &block, uint64_t sp);
void begin_turn(thread_block &block, uint64_t now);
void end_turn(thread_block &block, uint64_t now);
void loop_descriptor_closed(int fd);

// verdict.cpp
struct judgement {
  record::verdict why;
  uint64_t cpu, waited; ///< nanoseconds
};
judgement judge(const thread_block &block, uint64_t start, uint64_t end);

// reports.cpp
/// Records a blocking call that took `duration_ns`. `wait_ip`: see pending_report.
void report_call(const call_context &call, uint64_t duration_ns, record::kind what, const char *label, uint64_t wait_ip);
void report_stall(thread_block &block, uint64_t start_ns, uint64_t duration_ns);
/// `end`: now, or when the loop was left.
void report_stall_in_progress(thread_block &block, uint64_t start, uint64_t end);
void settle_pending(thread_block &block, bool proven, uint64_t not_before_ns);
void retract_wait(thread_block &block, uint64_t wait_ip);
unsigned encode_frames(const stack_frame *in, unsigned count, record::frame *out);

// raw_calls.cpp, option raw_syscalls
/// The calling thread is a loop: its system calls outside libc are seen from its next turn on.
void watch_raw_calls();
/// At the beginning and end of each turn.
void raw_calls_in_turn(bool look);
void forget_raw_calls();

// watchdog.cpp
void start_watchdog();
/// Returns when it is gone.
void stop_watchdog();
void stop_watchdog_after_fork();
/// The signal that takes samples has our handler.
bool takes_samples(int signal);
/// While this process becomes another program: a sample in flight would end that one.
void pause_samples();
void resume_samples();

// process.cpp
/// Maps the record file on first use; false if there is none to be had.
bool ensure_record();
thread_block *block_at(unsigned index);
/// The calling thread's stack from `call` on, into its block's scratch.
unsigned walk_own_stack(thread_block &block, const call_context &call);
void warn_line(const char *line);
/// Something that the reader of the report has to know; on standard error if there is no record.
void note_line(const char *line);
/// Whether a call by this name is silenced by a suppression that the process itself can decide (function and module kinds).
[[noreturn]] void halt();

} // namespace coroguard::guard
