// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks that are not held at the suspension, or that are made to be held there.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"

#include <coroutine>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);
Deferred<int> load(int key);
void compute();

Deferred<> released(std::mutex &m, bool wanted) {
  {
    std::lock_guard guard(m);
    compute();
  }
  co_await save(1);
  std::unique_lock lock(m);
  lock.unlock();
  co_await save(2);
  lock.lock();
  lock.unlock();
  co_await save(3);
  m.lock();
  m.unlock();
  co_await save(4);
  std::unique_lock deferred(m, std::defer_lock);
  co_await save(5);
  if (wanted) {
    deferred.lock();
    compute();
    deferred.unlock();
  }
  co_await save(6);
}
Deferred<> moved_away(std::mutex &m, std::vector<std::unique_lock<std::mutex>> &elsewhere) {
  std::unique_lock lock(m);
  {
    std::unique_lock inner = std::move(lock);
    compute();
  }
  co_await save(1);
}
Deferred<> released_on_every_path(std::mutex &m, bool early) {
  std::unique_lock lock(m);
  if (early) {
    lock.unlock();
  } else {
    compute();
    lock.unlock();
  }
  co_await save(1);
}
Deferred<> given_up(std::mutex &m) {
  std::unique_lock lock(m);
  lock.release()->unlock();
  co_await save(1);
}
Deferred<> optional_guard(std::mutex &m) {
  std::optional<std::lock_guard<std::mutex>> guard;
  guard.emplace(m);
  compute();
  guard.reset();
  co_await save(1);
}
Deferred<> assigned_over(std::mutex &m) {
  std::unique_lock lock(m);
  compute();
  lock = {};
  co_await save(1);
}
Deferred<> try_failed(std::mutex &m) {
  if (!m.try_lock()) {
    co_await save(1); // ok: not taken here
    co_return;
  }
  compute();
  m.unlock();
}
Deferred<> never_suspends(std::mutex &m) {
  std::lock_guard guard(m);
  co_await std::suspend_never{}; // warn: [async-awaiting-sync] "never pauses"
  compute();
}
Deferred<> in_another_function(std::mutex &m) {
  auto compute_locked = [&] {
    std::lock_guard guard(m);
    compute();
  };
  compute_locked();
  co_await save(1);
}
Deferred<> creates_only(std::mutex &m) {
  std::optional<Deferred<>> task;
  {
    std::lock_guard guard(m);
    task = save(1); // ok: made under the lock, awaited after it
  }
  co_await std::move(*task);
}

// Mutexes whose locking is awaited may be held while waiting.
Deferred<> async_mutex(acme::Latch &latch) {
  auto held = co_await latch.acquire();
  co_await save(1);
}
cppcoro::task<> async_mutex(cppcoro::async_mutex &mutex, cppcoro::static_thread_pool &pool) {
  auto lock = co_await mutex.scoped_lock_async();
  co_await pool.schedule();
  co_await mutex.lock_async();
  co_await pool.schedule();
  mutex.unlock();
}
folly::coro::Task<void> async_mutex(folly::coro::Mutex &mutex) {
  auto lock = co_await mutex.co_scoped_lock(); // a std::unique_lock of an async mutex
  co_await folly::coro::sleep(std::chrono::milliseconds(1));
  lock.unlock();
  std::unique_lock adopted(mutex, std::adopt_lock);
  co_await folly::coro::sleep(std::chrono::milliseconds(1));
}

// An awaiter that takes the lock over, as condition variables do.
struct Condition {
  struct Wait {
    std::unique_lock<std::mutex> &lock;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) { lock.unlock(); }
    void await_resume() { lock.lock(); }
  };
  Wait wait(std::unique_lock<std::mutex> &lock) { return {lock}; }
};
Deferred<> condition(std::mutex &m, Condition &changed, bool &done) {
  std::unique_lock lock(m);
  while (!done)
    co_await changed.wait(lock); // ok: it takes the lock
}

// An awaiter that knows its owner and gives the owner's mutex back once the coroutine is queued.
class Queue {
  struct Parked {
    Queue *queue;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) {
      queue->waiting_.push_back(handle);
      queue->mutex_.unlock();
    }
    void await_resume() const noexcept {}
  };
  struct Other {
    Queue *queue;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) { queue->waiting_.push_back(handle); }
    void await_resume() const noexcept {}
  };

public:
  Deferred<> enter() {
    mutex_.lock();
    if (busy_) {
      co_await Parked{this}; // ok
      co_await save(1);      // ok: nothing is locked any more
    } else {
      busy_ = true;
      mutex_.unlock();
    }
  }
  Deferred<> stays() {
    mutex_.lock();
    co_await Other{this}; // warn: "mutex_"
    mutex_.unlock();
  }

private:
  std::mutex mutex_;
  std::vector<std::coroutine_handle<>> waiting_;
  bool busy_ = false;
};

// A class with lock() that is no mutex.
struct Door {
  void lock();
  void unlock();
  bool locked() const;
};
struct Weak {
  std::shared_ptr<int> lock() const;
};
Deferred<> other_locks(Weak weak, std::weak_ptr<int> pointer) {
  auto strong = weak.lock();
  auto owned = pointer.lock();
  co_await save(*strong + *owned);
}

void plain(std::mutex &m) {
  std::lock_guard guard(m);
  compute();
}
