// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// semaphore: at most n tasks at a time (asyncio.Semaphore). First come, first served.
//
//   coroguard::semaphore limit(10);
//   auto slot = co_await limit.scoped_acquire();
//   co_await fetch(url);
#pragma once

#include "coroguard/detail/park.hpp"

namespace coroguard {

class semaphore;

namespace detail {
extern const wait_operations semaphore_wait;
struct [[nodiscard]] acquire_awaiter : park {
  semaphore *s;
  explicit acquire_awaiter(semaphore &s_) noexcept : park(&semaphore_wait), s(&s_) {}
  acquire_awaiter(acquire_awaiter &&other) noexcept : park(std::move(other)), s(other.s) {}
  inline bool await_ready() noexcept;
  template <class P> void await_suspend(std::coroutine_handle<P> h);
  inline void await_resume();
};
} // namespace detail

/// Releases one slot at the end of its scope.
class [[nodiscard]] semaphore_guard {
public:
  explicit semaphore_guard(semaphore &s) noexcept : semaphore_(&s) {}
  semaphore_guard(semaphore_guard &&other) noexcept : semaphore_(std::exchange(other.semaphore_, nullptr)) {}
  semaphore_guard &operator=(semaphore_guard &&other) noexcept {
    std::swap(semaphore_, other.semaphore_);
    return *this;
  }
  inline ~semaphore_guard();

private:
  semaphore *semaphore_;
};

namespace detail {
struct [[nodiscard]] scoped_acquire_awaiter : acquire_awaiter {
  using acquire_awaiter::acquire_awaiter;
  semaphore_guard await_resume() {
    acquire_awaiter::await_resume();
    return semaphore_guard(*s);
  }
};
} // namespace detail

/// Not copyable.
class semaphore {
public:
  /// Errors: std::invalid_argument if `value` is negative.
  explicit semaphore(std::ptrdiff_t value = 1) : value_(value) {
    if (value < 0)
      throw std::invalid_argument("coroguard: a semaphore's value must not be negative");
  }
  semaphore(const semaphore &) = delete;
  semaphore &operator=(const semaphore &) = delete;
  /// Errors: cancelled_error (then nothing was taken).
  detail::acquire_awaiter acquire() noexcept { return detail::acquire_awaiter(*this); }
  detail::scoped_acquire_awaiter scoped_acquire() noexcept { return detail::scoped_acquire_awaiter(*this); }
  bool try_acquire() noexcept {
    if (locked())
      return false;
    --value_;
    return true;
  }
  void release() {
    if (bound_ >= 0 && value_ >= bound_)
      throw invalid_state_error("coroguard: a bounded semaphore was released too often");
    ++value_;
    wake_next();
  }
  /// True if acquire() would wait.
  bool locked() const noexcept { return value_ == 0 || !waiters_.empty(); }
  std::ptrdiff_t value() const noexcept { return value_; }

protected:
  semaphore(std::ptrdiff_t value, std::ptrdiff_t bound) : semaphore(value) { bound_ = bound; }

private:
  friend detail::acquire_awaiter;
  void wake_next() noexcept {
    bool done = false;
    waiters_.each([&](detail::park *p) {
      if (!done && !p->woken) {
        --value_;
        p->grant();
        done = true;
      }
    });
  }
  std::ptrdiff_t value_, bound_ = -1;
  detail::park_list waiters_;
};

/// A semaphore whose release() beyond the initial value throws invalid_state_error.
class bounded_semaphore : public semaphore {
public:
  explicit bounded_semaphore(std::ptrdiff_t value = 1) : semaphore(value, value) {}
};

namespace detail {
inline bool acquire_awaiter::await_ready() noexcept { return s->try_acquire(); }
template <class P> void acquire_awaiter::await_suspend(std::coroutine_handle<P> h) { suspend_in(s->waiters_, h); }
inline void acquire_awaiter::await_resume() {
  if (!task)
    return;
  unlink();
  if (task->must_cancel) [[unlikely]] {
    if (woken == 1) { // granted, but we are leaving
      ++s->value_;
      s->wake_next();
    }
    task->throw_cancelled();
  }
  if (s->value_ > 0)
    s->wake_next();
}
} // namespace detail

inline semaphore_guard::~semaphore_guard() {
  if (semaphore_)
    semaphore_->release();
}

} // namespace coroguard
