// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A blocking lock held where the coroutine may suspend, in every way locks are held.
#include "acme.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <shared_mutex>
#include <string>
#include <utility>

using acme::Deferred;

Deferred<> save(int key);
Deferred<int> load(int key);
void compute();
bool fast();

using Guard = std::lock_guard<std::mutex>;
typedef std::unique_lock<std::mutex> Lock;

Deferred<> guards(std::mutex &m, std::shared_mutex &s, std::recursive_mutex &r, std::timed_mutex &t) {
  {
    std::lock_guard<std::mutex> guard(m);
    co_await save(1); // warn: "guard"
  }
  {
    std::lock_guard guard(m);
    co_await save(2); // warn: "guard"
  }
  {
    std::unique_lock lock(m);
    co_await save(3); // warn: "lock"
  }
  {
    std::scoped_lock both(m, r);
    co_await save(4); // warn: "both"
  }
  {
    std::shared_lock reader(s);
    co_await save(5); // warn: "reader"
  }
  {
    Guard guard(m);
    co_await save(6); // warn: "guard"
  }
  {
    Lock lock(m);
    co_await save(7); // warn: "lock"
  }
  {
    auto lock = std::unique_lock(m);
    co_await save(8); // warn: "lock"
  }
  {
    const std::lock_guard guard{t};
    int value = co_await load(9); // warn: "guard"
    (void)value;
  }
  {
    std::lock_guard guard(m);
    if (co_await load(10) > 0) // warn: "guard"
      compute();
  }
  {
    std::lock_guard guard(m);
    auto task = save(11);
    co_await std::move(task); // warn: "guard"
  }
  if (std::lock_guard guard(m); fast())
    co_await save(12); // warn: "guard"
  if (std::unique_lock lock(m, std::try_to_lock); lock)
    co_await save(13); // warn: "lock"
  switch (std::lock_guard guard(m); fast()) {
  default:
    co_await save(14); // warn: "guard"
  }
  for (std::unique_lock lock(m); fast();)
    co_await save(15); // warn: "lock"
}

Deferred<int> in_return(std::mutex &m) {
  std::lock_guard guard(m);
  co_return co_await load(1); // warn: "guard"
}
acme::Feed<int> in_yield(std::mutex &m) {
  std::lock_guard guard(m);
  co_yield 1; // warn: "guard"
}

Deferred<> by_hand(std::mutex &m, std::shared_mutex &s) {
  m.lock();
  co_await save(1); // warn: "m"
  m.unlock();
  s.lock_shared();
  co_await save(2); // warn: "s"
  s.unlock_shared();
  if (m.try_lock()) {
    co_await save(3); // warn: "m"
    m.unlock();
  }
}

Deferred<> c_functions() {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  co_await save(1); // warn: "mutex"
  pthread_mutex_unlock(&mutex);
  co_await save(2); // ok
}

Deferred<> locked_together(std::mutex &m, std::mutex &n) {
  std::lock(m, n);
  std::lock_guard first(m, std::adopt_lock);
  std::lock_guard second(n, std::adopt_lock);
  compute();
  co_await save(1); // warn: "first"
}

Deferred<> on_the_heap(std::mutex &m) {
  auto lock = std::make_unique<std::unique_lock<std::mutex>>(m);
  co_await save(1); // warn: "lock"
  lock.reset();
  co_await save(2); // ok
  std::optional<std::unique_lock<std::mutex>> maybe;
  maybe.emplace(m);
  co_await save(3); // warn: "maybe"
}

Deferred<int> two_awaits(std::mutex &m) {
  std::scoped_lock both(m);
  co_return co_await load(1) + co_await load(2); // warn: "both"
}

Deferred<> deferred_and_adopted(std::mutex &m) {
  std::unique_lock lock(m, std::defer_lock);
  co_await save(1); // ok: not locked yet
  lock.lock();
  co_await save(2); // warn: "lock"
  lock.unlock();
  co_await save(3); // ok
  m.lock();
  std::lock_guard adopted(m, std::adopt_lock);
  co_await save(4); // warn: "adopted"
}

Deferred<> some_paths(std::mutex &m, bool early) {
  std::unique_lock lock(m);
  if (early)
    lock.unlock();
  co_await save(1); // warn: "lock"
}

Deferred<> locked_again(std::mutex &m) {
  std::unique_lock lock(m);
  lock.unlock();
  co_await save(1); // ok
  lock.lock();
  co_await save(2); // warn: "lock"
}

Deferred<> moved_on(std::mutex &m) {
  std::unique_lock lock(m);
  std::unique_lock other = std::move(lock);
  co_await save(1); // warn: "other"
}

class Cache {
  std::mutex mutex_;
  std::map<int, int> values_;
  std::unique_lock<std::mutex> take() { return std::unique_lock(mutex_); }

public:
  Deferred<int> get(int key) {
    std::lock_guard lock(mutex_);
    if (auto it = values_.find(key); it != values_.end())
      co_return it->second;
    int value = co_await load(key); // warn: "lock"
    co_return values_[key] = value;
  }
  Deferred<> returned_guard() {
    auto lock = take();
    co_await save(1); // warn: "lock"
  }
};

struct Scoped {
  std::mutex &mutex;
  explicit Scoped(std::mutex &m) : mutex(m) { mutex.lock(); }
  ~Scoped() { mutex.unlock(); }
};
struct Transaction {
  std::lock_guard<std::mutex> guard;
  explicit Transaction(std::mutex &m) : guard(m) {}
};
Deferred<> own_guards(std::mutex &m) {
  {
    Scoped scoped(m);
    co_await save(1); // warn: "scoped"
  }
  {
    Transaction transaction(m);
    co_await save(2); // warn: "transaction"
  }
}

template <class M> Deferred<> generic(M &mutex) {
  std::lock_guard guard(mutex);
  co_await save(1); // warn: "guard"
}
Deferred<> instantiate(std::mutex &m, std::recursive_mutex &r) {
  co_await generic(m);
  co_await generic(r);
}

auto lambda = [](std::mutex &m) -> Deferred<> {
  std::scoped_lock lock(m);
  co_await acme::GiveWay{}; // warn: "lock"
};

Deferred<> released_by_pointer(std::mutex &m) {
  std::unique_lock lock(m);
  std::mutex *raw = lock.release(); // it stays locked
  co_await save(1);                 // warn: "raw"
  raw->unlock();
}
Deferred<> released_and_unlocked(std::mutex &m) {
  std::unique_lock lock(m);
  std::mutex *raw = lock.release();
  raw->unlock();
  co_await save(1); // ok
}
