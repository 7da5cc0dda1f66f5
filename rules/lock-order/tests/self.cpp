// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An async mutex that is asked for while it is held.
#include "cppcoro.hpp"
#include "folly.hpp"

#include <map>
#include <mutex>
#include <string>
#include <utility>

using cppcoro::async_mutex;
using cppcoro::task;

task<> flush();
void apply(int value);

struct Store {
  async_mutex mutex_;
  async_mutex log_;
  std::map<int, int> rows_;
  bool dirty_ = false;

  task<> twice() {
    auto first = co_await mutex_.scoped_lock_async(); // note: "'mutex_' is taken here"
    auto second = co_await mutex_.scoped_lock_async(); // warn: "'mutex_' is held already"
    rows_.clear();
  }
  task<> in_turn() {
    { auto lock = co_await mutex_.scoped_lock_async(); rows_.clear(); }
    auto lock = co_await mutex_.scoped_lock_async();
    rows_.clear();
  }
  task<> by_hand(int key) {
    co_await mutex_.lock_async(); // note: "is taken here"
    if (rows_.count(key)) {
      co_await mutex_.lock_async(); // warn: "'mutex_' is held already"
      mutex_.unlock();
    }
    mutex_.unlock();
  }
  task<> by_hand_in_turn(int key) {
    co_await mutex_.lock_async();
    if (!rows_.count(key)) {
      mutex_.unlock();
      co_await flush();
      co_await mutex_.lock_async();
    }
    rows_[key] = 1;
    mutex_.unlock();
  }
  task<> forgets_in_loop() {
    for (int i = 0; i < 3; ++i) {
      co_await mutex_.lock_async(); // warn: "'mutex_' is held already"
      if (rows_.count(i)) continue; // unlocked on the other way only
      mutex_.unlock();
    }
  }
  task<> adopted() {
    co_await mutex_.lock_async();
    { std::lock_guard<async_mutex> guard(mutex_, std::adopt_lock); rows_.clear(); }
    co_await mutex_.lock_async();
    mutex_.unlock();
  }
  task<> moved() {
    auto lock = co_await mutex_.scoped_lock_async();
    release(std::move(lock));
    auto again = co_await mutex_.scoped_lock_async();
  }
  static void keep(task<int> later);
  static void release(cppcoro::async_mutex_lock lock);

  task<int> size() {
    auto lock = co_await mutex_.scoped_lock_async(); // note: "asks for it here"
    co_return int(rows_.size());
  }
  task<> through() { co_await twice_removed(); }
  task<> twice_removed() { apply(co_await size()); }
  task<> calls() {
    auto lock = co_await mutex_.scoped_lock_async(); // note: "'mutex_' is taken here"
    co_await through(); // warn: "'Store::size' waits for 'mutex_', which its caller holds"
  }
  task<> calls_with_other_lock() {
    auto lock = co_await log_.scoped_lock_async();
    co_await through();
  }
  task<> calls_another(Store &other) {
    auto lock = co_await mutex_.scoped_lock_async();
    apply(co_await other.size());
  }
  task<> calls_unlocked() {
    co_await mutex_.lock_async();
    rows_.clear();
    mutex_.unlock();
    co_await through();
  }
  task<int> size_if(bool locked) {
    if (locked)
      co_return int(rows_.size());
    auto lock = co_await mutex_.scoped_lock_async();
    co_return int(rows_.size());
  }
  task<> tells() {
    auto lock = co_await mutex_.scoped_lock_async();
    apply(co_await size_if(true));
  }
  task<> only_starts() {
    auto lock = co_await mutex_.scoped_lock_async();
    keep(size());
  }
};

task<> counts(async_mutex &mutex, int &value) {
  auto lock = co_await mutex.scoped_lock_async();
  ++value;
}
task<> gives_its_mutex(async_mutex &mutex, int &value) {
  auto lock = co_await mutex.scoped_lock_async();
  co_await counts(mutex, value); // warn: "'counts' waits for 'mutex', which its caller holds"
}
task<> gives_another(async_mutex &mutex, async_mutex &other, int &value) {
  auto lock = co_await mutex.scoped_lock_async();
  co_await counts(other, value);
}

folly::coro::Task<void> folly_guard(folly::coro::Mutex &mutex) {
  auto lock = co_await mutex.co_scoped_lock();
  auto again = co_await mutex.co_scoped_lock(); // warn: "'mutex' is held already"
}
folly::coro::Task<void> folly_unlocks(folly::coro::Mutex &mutex) {
  auto lock = co_await mutex.co_scoped_lock();
  lock.unlock();
  auto again = co_await mutex.co_scoped_lock(); // ok
}

/// Operations that give the mutex back while they wait.
struct Parked {
  async_mutex &mutex;
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<> waiting) noexcept;
  void await_resume() const noexcept;
};
struct Condition {
  task<> wait(async_mutex &mutex, const bool &ready) {
    while (!ready) {
      co_await Parked{mutex};
      co_await mutex.lock_async();
    }
  }
};
task<> waits_for_condition(async_mutex &mutex, Condition &changed, bool &ready) {
  co_await mutex.lock_async();
  co_await changed.wait(mutex, ready); // ok
  mutex.unlock();
}
struct Ring {
  async_mutex mutex_;
  struct Produce {
    Ring &ring;
    bool await_ready() const noexcept;
    void await_suspend(std::coroutine_handle<> waiting) noexcept;
    bool await_resume() const noexcept;
  };
  task<> resume_consumers() { auto lock = co_await mutex_.scoped_lock_async(); }
  task<bool> produce() {
    co_await mutex_.lock_async();
    const bool done = co_await Produce{*this}; // unlocks it
    co_await resume_consumers(); // ok
    co_return done;
  }
};

/// A mutex of the user's, with readers and a recursive sister.
struct Lock { Lock(Lock &&) noexcept; ~Lock(); Lock &operator=(Lock &&) noexcept; };
struct RwMutex {
  task<Lock> read_lock();
  task<Lock> write_lock();
};
struct RecursiveMutex {
  task<Lock> lock();
};
task<> readers(RwMutex &rows) {
  auto one = co_await rows.read_lock();
  auto two = co_await rows.read_lock(); // ok
}
task<> upgrades(RwMutex &rows) {
  auto reader = co_await rows.read_lock();
  auto writer = co_await rows.write_lock(); // warn: "'rows' is held already"
}
task<> recursive(RecursiveMutex &rows) {
  auto one = co_await rows.lock();
  auto two = co_await rows.lock();
}
