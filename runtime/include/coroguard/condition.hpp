// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// condition: wait for a change of state guarded by a mutex (asyncio.Condition).
//
//   auto guard = co_await c.scoped_lock();
//   co_await c.wait([&] { return !items.empty(); });
#pragma once

#include "coroguard/mutex.hpp"

namespace coroguard {

namespace detail {
extern const wait_operations condition_wait;
}

/// Has a mutex of its own, or shares one. Not copyable.
class condition {
public:
  condition() noexcept : mutex_(&own_) {}
  explicit condition(mutex &shared) noexcept : mutex_(&shared) {}
  condition(const condition &) = delete;
  condition &operator=(const condition &) = delete;
  detail::lock_awaiter lock() noexcept { return mutex_->lock(); }
  detail::scoped_lock_awaiter scoped_lock() noexcept { return mutex_->scoped_lock(); }
  void unlock() { mutex_->unlock(); }
  bool locked() const noexcept { return mutex_->locked(); }

  /// Releases the mutex, waits for a notification, acquires it again (also when cancelled). Errors: invalid_state_error if
  /// the mutex is not held; cancelled_error.
  task<> wait() {
    if (!mutex_->locked())
      throw invalid_state_error("coroguard: condition::wait() without holding its mutex");
    std::exception_ptr stop;
    bool notified = false;
    mutex_->unlock();
    detail::plain_park waiting(&detail::condition_wait, waiters_);
    try {
      co_await detail::in_place(waiting);
      notified = true;
    } catch (const cancelled_error &) {
      if (waiting.orphaned()) // the condition is gone
        throw;
      stop = std::current_exception();
      notified = waiting.woken == 1;
    }
    for (bool held = false; !held;) {
      detail::lock_awaiter locking(*mutex_);
      try {
        co_await detail::in_place(locking);
        held = true;
      } catch (const cancelled_error &) {
        if (locking.orphaned()) // the mutex is gone
          throw;
        stop = std::current_exception();
      }
    }
    if (stop) {
      if (notified)
        wake(1); // the notification must not be lost with us
      std::rethrow_exception(stop);
    }
  }
  /// Waits until `predicate()` is true.
  template <std::predicate F> task<> wait(F predicate) {
    while (!predicate())
      co_await wait();
  }
  /// Wakes up to `n` waiters. Errors: invalid_state_error if the mutex is not held.
  void notify(std::size_t n = 1) {
    if (!mutex_->locked())
      throw invalid_state_error("coroguard: condition::notify() without holding its mutex");
    wake(n);
  }
  void notify_one() { notify(1); }
  void notify_all() { notify(std::size_t(-1)); }

private:
  void wake(std::size_t n) noexcept {
    for (; n > 0 && !waiters_.empty(); --n)
      waiters_.front()->wake();
  }
  mutex own_;
  mutex *mutex_;
  detail::park_list waiters_;
};

} // namespace coroguard
