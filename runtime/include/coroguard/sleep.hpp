// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// sleep and yield_now: suspend the task for a while, or just let the others run.
//
//   co_await coroguard::sleep(100ms);
//   co_await coroguard::sleep(0s);      // the same as yield_now(): one turn for everybody who is ready
#pragma once

#include "coroguard/event_loop.hpp"

namespace coroguard {

namespace detail {

extern const wait_operations sleep_wait;

struct [[nodiscard]] yield_awaiter : native_awaiter {
  task_core *task = nullptr;
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> h) {
    task = current_task_core();
    task->suspend(h, nullptr);
    task->wake();
  }
  void await_resume() { task->check_cancelled(); }
};

struct [[nodiscard]] sleep_awaiter : native_awaiter, waiter, timer_node {
  duration delay;
  std::int64_t deadline; ///< used if delay is the sentinel
  task_core *task = nullptr;
  static constexpr duration until{-2};
  explicit sleep_awaiter(duration d, std::int64_t at = 0) noexcept : delay(d), deadline(at) {
    operations = &sleep_wait;
    run = [](ready_node *node) {
      auto *self = static_cast<sleep_awaiter *>(node);
      self->position = idle;
      self->task->wake();
    };
  }
  sleep_awaiter(sleep_awaiter &&other) noexcept : sleep_awaiter(other.delay, other.deadline) {}
  ~sleep_awaiter() {
    if (position != idle) [[unlikely]]
      task->loop->remove_timer(this);
  }
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> h) {
    task = current_task_core();
    if (delay != until) {
      if (delay.count() <= 0) {
        task->suspend(h, nullptr);
        task->wake();
        return;
      }
      deadline = deadline_after(task->loop->now_ns(), delay);
    }
    task->loop->add_timer(this, deadline);
    task->suspend(h, this);
  }
  void await_resume() { task->check_cancelled(); }
};

template <class T> struct [[nodiscard]] sleep_value_awaiter : sleep_awaiter {
  T value;
  template <class U> sleep_value_awaiter(duration d, U &&v) : sleep_awaiter(d), value(std::forward<U>(v)) {}
  T await_resume() {
    task->check_cancelled();
    return std::move(value);
  }
};

} // namespace detail

/// Suspends the current task for `d` (zero or less: one turn). Errors: cancelled_error; std::invalid_argument for NaN.
template <class Rep, class Period> detail::sleep_awaiter sleep(std::chrono::duration<Rep, Period> d) {
  auto delay = detail::to_duration(d);
  return detail::sleep_awaiter(delay == detail::sleep_awaiter::until ? duration(0) : delay);
}
/// Gives `value` afterwards.
template <class Rep, class Period, class T>
detail::sleep_value_awaiter<std::decay_t<T>> sleep(std::chrono::duration<Rep, Period> d, T &&value) {
  auto delay = detail::to_duration(d);
  return {delay == detail::sleep_awaiter::until ? duration(0) : delay, std::forward<T>(value)};
}
/// `sleep(0)` is yield_now(). Other numbers have no unit: std::invalid_argument.
inline detail::yield_awaiter sleep(int zero) {
  if (zero != 0)
    throw std::invalid_argument("coroguard: sleep(n) needs a unit; write sleep(std::chrono::seconds(n))");
  return {};
}
/// Sleeps until the loop's clock reads `when`.
inline detail::sleep_awaiter sleep_until(time_point when) {
  return detail::sleep_awaiter(detail::sleep_awaiter::until,
                               std::chrono::duration_cast<duration>(when.time_since_epoch()).count());
}
/// Lets every ready task and callback run once.
inline detail::yield_awaiter yield_now() noexcept { return {}; }

} // namespace coroguard
