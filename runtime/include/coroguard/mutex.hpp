// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// mutex: mutual exclusion between tasks of one loop (asyncio.Lock). First come, first served. May be held across co_await;
// never blocks the thread.
//
//   coroguard::mutex m;
//   auto guard = co_await m.scoped_lock();
//   co_await update();                       // nobody else is in here
#pragma once

#include "coroguard/detail/park.hpp"

namespace coroguard {

class mutex;

namespace detail {
extern const wait_operations mutex_wait;
struct [[nodiscard]] lock_awaiter : park {
  mutex *m;
  explicit lock_awaiter(mutex &m_) noexcept : park(&mutex_wait), m(&m_) {}
  lock_awaiter(lock_awaiter &&other) noexcept : park(std::move(other)), m(other.m) {}
  inline bool await_ready();
  template <class P> void await_suspend(std::coroutine_handle<P> h);
  inline void await_resume();
};
} // namespace detail

/// Releases the mutex at the end of its scope. Movable.
class [[nodiscard]] mutex_guard {
public:
  mutex_guard() noexcept = default;
  explicit mutex_guard(mutex &m) noexcept : mutex_(&m) {}
  mutex_guard(mutex_guard &&other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
  mutex_guard &operator=(mutex_guard &&other) noexcept {
    std::swap(mutex_, other.mutex_);
    return *this;
  }
  inline ~mutex_guard();
  bool owns_lock() const noexcept { return mutex_ != nullptr; }
  inline void unlock();

private:
  mutex *mutex_ = nullptr;
};

namespace detail {
struct [[nodiscard]] scoped_lock_awaiter : lock_awaiter {
  using lock_awaiter::lock_awaiter;
  mutex_guard await_resume() {
    lock_awaiter::await_resume();
    return mutex_guard(*m);
  }
};
} // namespace detail

/// Not copyable. Destroying it with waiters leaves them waiting for ever, until they are cancelled (deadlock and, in debug mode,
/// `async-lost-waker` reports name them).
class mutex {
public:
  mutex() noexcept = default;
  mutex(const mutex &) = delete;
  mutex &operator=(const mutex &) = delete;
  ~mutex() { set_owner(nullptr); }
  /// Awaiting it acquires. Errors: cancelled_error (then it is not held). Acquiring twice in one task waits for ever.
  detail::lock_awaiter lock() noexcept { return detail::lock_awaiter(*this); }
  /// Gives a mutex_guard.
  detail::scoped_lock_awaiter scoped_lock() noexcept { return detail::scoped_lock_awaiter(*this); }
  bool try_lock() noexcept {
    if (!available())
      return false;
    take();
    return true;
  }
  /// Wakes the first waiter. Errors: invalid_state_error if not locked.
  void unlock() {
    if (!locked_)
      throw invalid_state_error("coroguard: unlock() of a mutex that is not locked");
    locked_ = false;
    set_owner(nullptr);
    wake_first();
  }
  bool locked() const noexcept { return locked_; }

private:
  friend detail::lock_awaiter;
  /// Nobody holds it and nobody is before us in the line.
  bool available() const noexcept {
    bool alone = !locked_;
    waiters_.each([&](detail::park *p) { alone = alone && p->woken == detail::park::left; });
    return alone;
  }
  void take() noexcept {
    locked_ = true;
    set_owner(detail::this_thread.task);
  }
  void set_owner(detail::task_core *task) noexcept {
    if (task)
      task->retain();
    if (auto *old = std::exchange(owner_, task))
      old->release();
  }
  void wake_first() noexcept {
    if (!waiters_.empty() && !waiters_.front()->woken)
      waiters_.front()->grant();
  }
  bool locked_ = false;
  detail::task_core *owner_ = nullptr;
  detail::park_list waiters_;

public:
  detail::task_core *owner_for_reports() const noexcept { return owner_; }
};

namespace detail {
inline bool lock_awaiter::await_ready() {
  if (!m->available())
    return false;
  m->take();
  return true;
}
template <class P> void lock_awaiter::await_suspend(std::coroutine_handle<P> h) { suspend_in(m->waiters_, h); }
inline void lock_awaiter::await_resume() {
  if (!task)
    return; // was free
  unlink();
  if (task->must_cancel) [[unlikely]] {
    if (!orphaned() && !m->locked_)
      m->wake_first(); // the grant goes to the next one
    task->throw_cancelled();
  }
  m->take();
}
} // namespace detail

inline mutex_guard::~mutex_guard() {
  if (mutex_ && mutex_->locked())
    mutex_->unlock();
}
inline void mutex_guard::unlock() {
  if (!mutex_)
    throw invalid_state_error("coroguard: this mutex_guard holds nothing");
  std::exchange(mutex_, nullptr)->unlock();
}

} // namespace coroguard
