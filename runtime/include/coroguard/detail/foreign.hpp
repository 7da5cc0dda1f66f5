// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Awaiting an awaitable of another library inside a task. It is given a stand-in for our coroutine; whoever resumes the
// stand-in, on whatever thread, makes the task ready on its own loop. Such a wait cannot be cancelled from outside: a
// cancellation is delivered when it ends. Whoever destroys the stand-in instead leaves the task waiting for ever: reported as
// `async-lost-waker`.
#pragma once

#include "coroguard/event_loop.hpp"
#include "coroguard/task.hpp"

namespace coroguard::detail {

extern const wait_operations foreign_wait;

struct foreign_bridge : completion_frame, ready_node, waiter {
  task_core *task = nullptr;
  event_loop *loop = nullptr;
  foreign_bridge() noexcept : completion_frame{&foreign_bridge::resumed, &foreign_bridge::destroyed} {
    run = &foreign_bridge::arrive;
    operations = &foreign_wait;
  }
  static void resumed(void *frame);
  static void destroyed(void *frame) noexcept; ///< instead of resumed: the task's waker is lost, which is reported
  static void arrive(ready_node *node) {
    auto *self = static_cast<foreign_bridge *>(node);
    self->loop->external_end();
    self->task->wake();
  }
  template <class P> std::coroutine_handle<> begin(std::coroutine_handle<P> h) {
    task = current_task_core();
    loop = task->loop;
    loop->external_begin();
    task->suspend(h, this);
    return std::coroutine_handle<>::from_address(static_cast<completion_frame *>(this));
  }
  void abandon() noexcept {
    loop->external_end();
    task->waiting = nullptr;
  }
};

template <class Awaitable> struct foreign_awaiter : foreign_bridge {
  awaiter_type_t<Awaitable> inner;
  bool suspended = false;
  explicit foreign_awaiter(Awaitable a) : inner(get_awaiter(static_cast<Awaitable>(a))) {}
  bool await_ready() { return inner.await_ready(); }
  template <class P> auto await_suspend(std::coroutine_handle<P> h) {
    using result = decltype(inner.await_suspend(std::coroutine_handle<>()));
    suspended = true;
    auto stand_in = begin(h);
    try {
      if constexpr (std::is_void_v<result>) {
        inner.await_suspend(stand_in);
      } else if constexpr (std::same_as<result, bool>) {
        bool stays = inner.await_suspend(stand_in);
        if (!stays) {
          suspended = false;
          abandon();
        }
        return stays;
      } else {
        std::coroutine_handle<> next = inner.await_suspend(stand_in);
        return transfer(next);
      }
    } catch (...) {
      suspended = false;
      abandon();
      throw;
    }
  }
  decltype(auto) await_resume() {
    if (suspended)
      task->check_cancelled();
    return inner.await_resume();
  }
};

} // namespace coroguard::detail
