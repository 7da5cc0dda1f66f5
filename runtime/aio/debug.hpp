// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Debug mode inside the library: what it remembers and how it describes tasks.
#pragma once

#include "coroguard/event_loop.hpp"
#include "coroguard/task_handle.hpp"

#include <string>
#include <vector>

namespace coroguard::detail {

struct task_extras : task_annex {
  std::string name;
  std::string cancel_message;
  std::uint64_t idle_turns = 0; ///< yields in a row without waiting for anything
  bool busy_reported = false;
  std::vector<const void *> created_at; ///< return addresses, debug mode
};

/// Suspended coroutines of a task, innermost first.
std::vector<stack_entry> async_stack_of(const task_core *task);
/// "task-3 'fetch'" style description with what it waits for.
std::string describe_task(task_core *task);
std::string describe_wait(const task_core *task);
/// Every live task and what it waits for; cycles are named.
std::string wait_graph_of(event_loop &loop);
std::string pretty_function(const char *name);
/// Of the exception being handled, as it is written in the source.
std::string current_exception_type();
stack_entry entry_of(const promise_base *p);
void append_stack(std::vector<stack_entry> &out, const promise_base *leaf);

void note_created(task_core *task); ///< debug mode: remembers the stack that started the task
void report_never_retrieved(future_core *f) noexcept;
void report_pending_destroyed(task_core *task) noexcept;
void report_slow(event_loop &loop, const std::string &who, const std::source_location *from, const std::source_location *to,
                 std::int64_t ns) noexcept;
/// Debug mode: what `task` waits at was destroyed. Reports if it still waits there a moment later.
void watch_orphan(task_core *task, const waiter *at, const char *what) noexcept;
/// Debug mode, at the end of run(): the tasks that are about to be cancelled.
void report_leftovers(event_loop &loop) noexcept;
void report_busy(task_core *task) noexcept; ///< once per task
void report_lost_waker(task_core *task, const std::string &why) noexcept;
std::uint64_t ticks() noexcept;
double nanoseconds_per_tick();
std::string thread_name();

} // namespace coroguard::detail
