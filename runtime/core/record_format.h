// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The record file: what the guard writes while a program runs and what `coroguard report` reads afterwards. Plain data in a
// shared mapping, so that it survives abort, _exit and kill -9. Both sides include this header; the version guards the layout.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace coroguard::record {

inline constexpr char magic[8] = {'C', 'G', 'R', 'E', 'C', 'O', 'R', 'D'};
inline constexpr uint32_t version = 4;

inline constexpr unsigned max_frames = 48;
inline constexpr unsigned max_loops = 256;
inline constexpr unsigned max_sites = 4096;
inline constexpr unsigned max_modules = 512;
inline constexpr unsigned max_events = 32768;
inline constexpr unsigned max_scopes = 128;
inline constexpr unsigned histogram_buckets = 40; ///< bucket i holds durations in [2^i, 2^(i+1)) ns
inline constexpr unsigned max_suppressions = 128;

/// A program counter as (module, offset from its load address); module 0xffff: outside any module, offset is the address.
struct frame {
  uint64_t value;
  static constexpr uint64_t make(unsigned module, uint64_t offset) { return uint64_t(module) << 48 | (offset & 0xffffffffffffull); }
  constexpr unsigned module() const { return unsigned(value >> 48); }
  constexpr uint64_t offset() const { return value & 0xffffffffffffull; }
};
inline constexpr unsigned no_module = 0xffff;

enum class kind : uint8_t { none, call, stall, marked, scope };
enum class verdict : uint8_t { unknown, blocked, cpu_bound, preempted };
/// How a stall ended: at the loop's next wait; not at all while it was watched; elsewhere, because the loop or its thread ended.
enum class stall_end : uint8_t { at_wait, open, elsewhere };
/// `tentative`: the thread has not returned to its loop since, so nothing proves yet that this happened inside the loop.
enum class wait_kind : uint8_t { none, epoll, poll, select, io_uring, idle_condition, heartbeat, scope };

struct module_entry {
  std::atomic<uint32_t> ready;
  uint32_t name; ///< hash of what the loader calls it
  uint64_t start, end, load_address;
  char path[232];
};

/// One distinct place and stack. Written once by the thread that claims `key`, counters are shared.
struct site {
  std::atomic<uint64_t> key;   ///< 0: free
  std::atomic<uint32_t> ready; ///< 1 once the plain members below are written
  kind what;
  verdict why;
  uint8_t frame_count;
  stall_end end;            ///< of a stall
  uint16_t function;        ///< index of the interposed function; 0xffff: none
  uint16_t loop;            ///< index of the loop slot of the first occurrence
  uint32_t thread;          ///< of the first occurrence
  std::atomic<uint32_t> confirmed;
  std::atomic<uint32_t> tentative;
  std::atomic<uint32_t> suppressed; ///< repeats not counted in reports_per_minute, or matched in the process
  uint64_t first_ns;                ///< since start of the process
  std::atomic<uint64_t> total_ns;
  std::atomic<uint64_t> longest_ns;
  uint64_t cpu_ns, runqueue_ns; ///< of the longest stall
  uint32_t voluntary_switches;
  int32_t system_call; ///< -1: none or unknown
  uint16_t call_site;  ///< of a stall: the `call` site that caused it, 0xffff: none
  uint16_t samples;
  char label[44]; ///< handler, test or mark name, empty if unknown
  frame frames[max_frames];
};
inline constexpr uint16_t none16 = 0xffff;

/// What a thread is doing now; read by the watchdog and, after a crash, by the reader.
struct call_in_progress {
  std::atomic<uint32_t> sequence; ///< odd while inside a call
  uint16_t function;
  uint16_t unused;
  uint64_t start_ns;
  uint64_t ip, sp, bp;
};

struct loop_slot {
  std::atomic<uint32_t> thread; ///< 0: free
  std::atomic<uint8_t> confirmed;
  std::atomic<uint8_t> gone;
  wait_kind wait;
  uint8_t frame_count;
  char name[40];
  char label[44]; ///< what runs now, from adapters
  frame frames[max_frames];
  std::atomic<uint64_t> turn_start_ns; ///< 0 while it waits
  std::atomic<uint64_t> left_ns; ///< when the thread was first seen above its loop in this turn; 0: it was not
  std::atomic<uint64_t> turn_count;
  std::atomic<uint64_t> longest_turn_ns;
  std::atomic<uint64_t> busy_ns;
  std::atomic<uint32_t> turns[histogram_buckets];
  std::atomic<uint32_t> wake_delays[histogram_buckets];
  call_in_progress call;
};

/// One entry of the timeline: a turn longer than `trace_turns_us`, a call or a stall.
struct event {
  uint64_t start_ns;
  uint64_t duration_ns;
  kind what; ///< none: a turn
  uint8_t unused;
  uint16_t loop;
  uint16_t site;
  uint16_t unused2;
};

struct allowed_scope {
  std::atomic<uint32_t> ready;
  std::atomic<uint32_t> hits;
  char reason[120];
};

struct suppression_use {
  std::atomic<uint32_t> hits;
};

struct header {
  char magic[8];
  uint32_t version;
  uint32_t size;
  uint32_t pid;
  uint32_t parent;
  uint64_t start_realtime_ns;
  uint64_t start_monotonic_ns;
  uint64_t threshold_ns;
  std::atomic<uint64_t> end_monotonic_ns; ///< 0: the process did not reach its exit handlers
  std::atomic<uint32_t> modules_used;
  std::atomic<uint32_t> events_used; ///< may exceed max_events: the oldest are overwritten
  std::atomic<uint32_t> sites_dropped;
  std::atomic<uint32_t> rate_limited;
  std::atomic<uint32_t> halted;
  std::atomic<uint32_t> raw_blocking; ///< turns that slept in the kernel outside every interposed call
  char program[256];
  char warning[512]; ///< what the guard has to say about itself, one line each
};

struct file {
  header head;
  module_entry modules[max_modules];
  loop_slot loops[max_loops];
  site sites[max_sites];
  allowed_scope scopes[max_scopes];
  suppression_use suppressions[max_suppressions];
  event events[max_events];
};

} // namespace coroguard::record
