// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks that helper functions take, give back or return, and guards of any shape.
#include "acme.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <shared_mutex>
#include <utility>

using acme::Deferred;

Deferred<> save(int key);
void compute();

class Store {
  mutable std::mutex mutex_;
  std::mutex other_;
  std::unique_lock<std::mutex> kept_;
  int users_ = 0;

  void enter() {
    mutex_.lock(); // note: "left locked"
    ++users_;
  }
  void leave() {
    --users_;
    mutex_.unlock();
  }
  void enter_both() {
    std::lock(mutex_, other_);
    compute();
  }
  void leave_both() {
    other_.unlock();
    leave();
  }
  bool try_enter() { return mutex_.try_lock(); }
  bool try_enter_counted() {
    if (!mutex_.try_lock())
      return false;
    ++users_;
    return true;
  }
  void balanced() {
    enter();
    leave();
  }
  void depends(bool keep) {
    mutex_.lock();
    if (!keep)
      mutex_.unlock();
  }
  std::unique_lock<std::mutex> hold() const { return std::unique_lock(mutex_); }
  std::unique_lock<std::mutex> hold_counted() {
    std::unique_lock lock(mutex_);
    ++users_;
    return lock;
  }
  std::unique_lock<std::mutex> for_later() { return std::unique_lock(mutex_, std::defer_lock); }
  std::unique_lock<std::mutex> nothing() { return {}; }

public:
  Deferred<> pairs() {
    enter();          // note: "locked here"
    co_await save(1); // warn: "mutex_"
    leave();
    co_await save(2); // ok
    this->enter();
    compute();
    leave();
    co_await save(3); // ok
    enter_both();
    co_await save(4); // warn: "mutex_"
    leave_both();
    balanced();
    co_await save(5); // ok
    depends(true);
    co_await save(6); // ok: nobody can tell
  }
  Deferred<> tries() {
    if (try_enter()) {
      co_await save(1); // warn: "mutex_"
      leave();
    }
    if (!try_enter_counted())
      co_return;
    co_await save(2); // warn: "mutex_"
    leave();
    const bool taken = mutex_.try_lock();
    if (taken) {
      co_await save(3); // warn: "mutex_"
      mutex_.unlock();
    }
    while (!try_enter())
      co_await save(4); // ok: not taken yet
    leave();
    co_await save(5); // ok
  }
  Deferred<> returned() {
    {
      const auto lock = hold();
      co_await save(1); // warn: "lock"
    }
    {
      auto lock = hold_counted();
      co_await save(2); // warn: "lock"
      lock.unlock();
      co_await save(3); // ok
    }
    auto lock = for_later();
    co_await save(4); // ok: not locked
    lock = nothing();
    co_await save(5); // ok: nothing in it
    lock = hold();
    co_await save(6); // warn: "lock"
  }
  Deferred<> member_guard() {
    kept_ = std::unique_lock(mutex_);
    co_await save(1); // warn: "kept_"
    kept_.unlock();
    co_await save(2); // ok
  }
  Deferred<> lambdas() {
    auto lock = [this] { mutex_.lock(); };
    auto unlock = [&] { mutex_.unlock(); };
    lock();
    co_await save(1); // warn: "mutex_"
    unlock();
    co_await save(2); // ok
  }
};

std::mutex everywhere;
void enter_everywhere() { everywhere.lock(); }
void leave_everywhere() { everywhere.unlock(); }
void lock_it(std::mutex &mutex) { mutex.lock(); }
void unlock_it(std::mutex &mutex) { mutex.unlock(); }
void give_back(std::unique_lock<std::mutex> &lock) { lock.unlock(); }

Deferred<> free_functions(std::mutex &m, std::shared_ptr<std::mutex> shared, pthread_mutex_t *c) {
  enter_everywhere();
  co_await save(1); // warn: "everywhere"
  leave_everywhere();
  lock_it(m);
  co_await save(2); // warn: "m"
  unlock_it(m);
  lock_it(*shared);
  co_await save(3); // warn: "shared"
  shared->unlock();
  co_await save(4); // ok
  std::unique_lock lock(m);
  give_back(lock);
  co_await save(5); // ok
  if (pthread_mutex_trylock(c) == 0) {
    co_await save(6); // warn: "c"
    pthread_mutex_unlock(c);
  }
  co_await save(7); // ok
}

Deferred<> together(std::mutex &m, std::mutex &n) {
  std::lock(m, n);
  co_await save(1); // warn: "m"
  m.unlock();
  n.unlock();
  if (std::try_lock(m, n) == -1) {
    co_await save(2); // warn: "m"
    m.unlock();
    n.unlock();
  }
  co_await save(3); // ok
  std::unique_lock first(m, std::defer_lock), second(n, std::defer_lock);
  std::lock(first, second);
  co_await save(4); // warn: "first"
}

struct ByPointer {
  std::mutex *mutex;
  explicit ByPointer(std::mutex *m) : mutex(m) { mutex->lock(); }
  ~ByPointer() {
    if (mutex)
      mutex->unlock();
  }
  void drop() {
    mutex->unlock();
    mutex = nullptr;
  }
};
class HasLock {
  std::unique_lock<std::mutex> lock_;

public:
  HasLock() = default;
  explicit HasLock(std::mutex &m) : lock_(m) {}
};
struct IsLock : std::lock_guard<std::mutex> {
  using std::lock_guard<std::mutex>::lock_guard;
};
struct OfC {
  pthread_mutex_t *mutex;
  explicit OfC(pthread_mutex_t *m) : mutex(m) { pthread_mutex_lock(mutex); }
  ~OfC() { pthread_mutex_unlock(mutex); }
};
template <class T> class Guarded {
  std::mutex mutex_;
  T value_;

public:
  class Access {
    std::unique_lock<std::mutex> lock_;
    T *value_;

  public:
    Access(std::mutex &m, T *value) : lock_(m), value_(value) {}
    T *operator->() { return value_; }
  };
  Access write() { return Access(mutex_, &value_); }
};
template <class F> struct Finally {
  F f;
  ~Finally() { f(); }
};

Deferred<> shapes(std::mutex &m, pthread_mutex_t *c, Guarded<std::map<int, int>> &table) {
  {
    ByPointer guard(&m);
    co_await save(1); // warn: "guard"
    guard.drop();
    co_await save(2); // ok
  }
  {
    HasLock guard(m), empty;
    co_await save(3); // warn: "guard"
  }
  {
    IsLock guard(m);
    co_await save(4); // warn: "guard"
  }
  {
    OfC guard(c);
    co_await save(5); // warn: "guard"
  }
  {
    auto rows = table.write();
    co_await save(6); // warn: "rows"
  }
  const int size = static_cast<int>(table.write()->size());
  co_await save(size); // ok: let go at the end of the statement before
  m.lock();
  Finally unlock{[&] { m.unlock(); }};
  co_await save(7); // warn: "m"
}
