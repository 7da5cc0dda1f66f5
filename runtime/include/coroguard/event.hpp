// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// event: a flag tasks can wait for (asyncio.Event).
//
//   coroguard::event ready;
//   co_await ready.wait();     // in any number of tasks
//   ready.set();               // wakes them all
#pragma once

#include "coroguard/detail/park.hpp"

namespace coroguard {

class event;

namespace detail {
extern const wait_operations event_wait;
struct [[nodiscard]] event_awaiter : park {
  event *e;
  explicit event_awaiter(event &e_) noexcept : park(&event_wait), e(&e_) {}
  event_awaiter(event_awaiter &&other) noexcept : park(std::move(other)), e(other.e) {}
  inline bool await_ready() const noexcept;
  template <class P> void await_suspend(std::coroutine_handle<P> h);
  void await_resume() {
    if (task)
      task->check_cancelled();
  }
};
} // namespace detail

/// Not copyable.
class event {
public:
  event() noexcept = default;
  event(const event &) = delete;
  event &operator=(const event &) = delete;
  bool is_set() const noexcept { return set_; }
  /// Wakes all who wait, in order. They run in the next batch even if clear() follows at once.
  void set() noexcept {
    if (set_)
      return;
    set_ = true;
    while (!waiters_.empty())
      waiters_.front()->wake();
  }
  void clear() noexcept { set_ = false; }
  /// Returns at once if set. Errors: cancelled_error.
  detail::event_awaiter wait() noexcept { return detail::event_awaiter(*this); }

private:
  friend detail::event_awaiter;
  bool set_ = false;
  detail::park_list waiters_;
};

namespace detail {
inline bool event_awaiter::await_ready() const noexcept { return e->set_; }
template <class P> void event_awaiter::await_suspend(std::coroutine_handle<P> h) { suspend_in(e->waiters_, h); }
} // namespace detail

} // namespace coroguard
