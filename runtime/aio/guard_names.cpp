// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tells the guard, if it is in the process, which threads are loops, and the task that runs when it has something to report.
#include "coroguard/detail/core.hpp"
#include "coroguard/guard.h"
#include "runtime/aio/debug.hpp"

#include <charconv>
#include <cstring>

namespace coroguard::detail {
namespace {

/// Async-signal-safe: makes no name for a task that has none yet.
void describe_task(char *into, std::uint64_t size) noexcept {
  const task_core *task = this_thread.task;
  if (!task)
    return;
  if (task->extras() && !task->extras()->name.empty()) {
    const std::string &name = task->extras()->name;
    into[name.copy(into, size - 1)] = 0;
    return;
  }
  constexpr char prefix[] = "task-";
  std::memcpy(into, prefix, sizeof prefix);
  *std::to_chars(into + sizeof prefix - 1, into + size - 1, task->id()).ptr = 0;
}

} // namespace

bool loop_begins(const char *name) noexcept {
  if (!coroguard_loop_begin || !coroguard_active())
    return false;
  coroguard_label_source(describe_task);
  coroguard_loop_name(name);
  coroguard_loop_begin(name);
  return true;
}

void turn_ends() noexcept { coroguard_heartbeat(); }

void loop_ends() noexcept { coroguard_loop_end(); }

} // namespace coroguard::detail
