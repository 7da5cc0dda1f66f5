// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task parked in a list until somebody wakes it: the awaiter all synchronisation primitives share.
#pragma once

#include "coroguard/event_loop.hpp"
#include "coroguard/task.hpp"

namespace coroguard::detail {

future_core *no_target(const waiter *) noexcept;
task_core *no_owner(const waiter *) noexcept;
bool cancel_park(waiter *w); ///< leaves the list and gives up, unless woken already

struct park : native_awaiter, waiter, list_node {
  task_core *task = nullptr;
  std::uint64_t woken = 0; ///< 0, 1, `orphan` or `left`; a whole word, because one byte among words costs a store-forwarding stall in queues
  static constexpr std::uint64_t orphan = 2; ///< what it waited at was destroyed: only a cancellation ends the wait
  static constexpr std::uint64_t left = 3;   ///< cancelled, still in its list
  explicit park(const wait_operations *ops) noexcept { operations = ops; }
  park(park &&other) noexcept { operations = other.operations; }

  bool orphaned() const noexcept { return woken == orphan; }
  template <class P> void suspend_in(list<park> &waiters, std::coroutine_handle<P> h) {
    task = current_task_core();
    waiters.push_back(this);
    task->suspend(h, this);
  }
  /// Makes the task ready; the node stays in its list.
  void grant() noexcept {
    woken = 1;
    task->wake();
  }
  void wake() noexcept {
    unlink();
    grant();
  }
};

/// Makes an orphan of every park in `waiters`: takes wake-ups not delivered yet back. Debug mode reports those who still wait a
/// moment later (`async-lost-waker`).
void orphan_all(list<park> &waiters) noexcept;

/// The tasks that wait at a primitive. Destroying it orphans them, so that they never touch the primitive again.
struct park_list : list<park> {
  ~park_list() {
    if (!empty()) [[unlikely]]
      orphan_all(*this);
  }
};

/// Parks until woken, then throws if cancelled.
struct plain_park : park {
  list<park> *waiters;
  plain_park(const wait_operations *ops, list<park> &w) noexcept : park(ops), waiters(&w) {}
  plain_park(plain_park &&other) noexcept : park(std::move(other)), waiters(other.waiters) {}
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> h) { suspend_in(*waiters, h); }
  void await_resume() { task->check_cancelled(); }
};

/// Awaits a named awaiter where it stands, so that it can be looked at afterwards. (GCC 12 copies the operand of co_await.)
template <class Awaiter> struct in_place : native_awaiter {
  Awaiter *a;
  explicit in_place(Awaiter &named) noexcept : a(&named) {}
  bool await_ready() { return a->await_ready(); }
  template <class P> decltype(auto) await_suspend(std::coroutine_handle<P> h) { return a->await_suspend(h); }
  decltype(auto) await_resume() { return a->await_resume(); }
};

} // namespace coroguard::detail
