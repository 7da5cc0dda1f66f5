// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What tasks parked at synchronisation primitives are waiting for, and how such a wait is given up.
#include "coroguard/barrier.hpp"
#include "coroguard/condition.hpp"
#include "coroguard/detail/park.hpp"
#include "coroguard/event.hpp"
#include "coroguard/mutex.hpp"
#include "coroguard/queue.hpp"
#include "coroguard/semaphore.hpp"
#include "coroguard/task_group.hpp"
#include "coroguard/wait.hpp"
#include "runtime/aio/debug.hpp"

namespace coroguard::detail {

future_core *no_target(const waiter *) noexcept { return nullptr; }
task_core *no_owner(const waiter *) noexcept { return nullptr; }

static const wait_operations orphan_wait = {"something that was destroyed", &cancel_park, no_target, no_owner, false};

void orphan_all(list<park> &waiters) noexcept {
  while (!waiters.empty()) {
    park *p = waiters.pop_front();
    task_core *task = p->task;
    task->run = nullptr;
    if (p->woken == 1 && task->scheduled && !task->must_cancel) {
      task->loop->remove_ready(task);
      task->scheduled = false;
    }
    p->woken = park::orphan;
    const char *what = std::exchange(p->operations, &orphan_wait)->what;
    if (task->loop->debug())
      watch_orphan(task, p, what);
  }
}

bool cancel_park(waiter *w) {
  auto *p = static_cast<park *>(w);
  if (p->woken == 1)
    return false;
  p->unlink();
  return p->task->give_up();
}

/// As that, but keeps the place in the line until the task has run: an unlock meanwhile wakes nobody, as in asyncio.
static bool cancel_lock(waiter *w) {
  auto *p = static_cast<park *>(w);
  if (p->woken)
    return false;
  p->woken = park::left;
  return p->task->give_up();
}

const wait_operations mutex_wait = {"a mutex", &cancel_lock, [](const waiter *w) -> future_core * { (void)w; return nullptr; },
                                    [](const waiter *w) { return static_cast<const lock_awaiter *>(w)->m->owner_for_reports(); },
                                    false};
const wait_operations event_wait = {"an event", &cancel_park, no_target, no_owner, false};
const wait_operations semaphore_wait = {"a semaphore", &cancel_park, no_target, no_owner, false};
const wait_operations condition_wait = {"a condition", &cancel_park, no_target, no_owner, false};
const wait_operations barrier_wait = {"a barrier", &cancel_park, no_target, no_owner, false};
const wait_operations queue_get_wait = {"queue.get", &cancel_park, no_target, no_owner, false};
const wait_operations queue_put_wait = {"queue.put", &cancel_park, no_target, no_owner, false};
const wait_operations queue_join_wait = {"queue.join", &cancel_park, no_target, no_owner, false};
const wait_operations group_wait = {"its task group", &cancel_park, no_target, no_owner, false};

} // namespace coroguard::detail
