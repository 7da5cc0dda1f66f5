// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Destructors that join a thread: who was awaited, joined or moved away has nothing left to wait for.
#include "acme.hpp"

#include <coroutine>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

using acme::Deferred;

/// Awaitable; its destructor joins a thread that is done by then.
class Counter {
  std::thread thread_;

public:
  Counter() = default;
  Counter(Counter &&) = default;
  ~Counter() {
    if (thread_.joinable())
      thread_.join();
  }
  void begin();
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume() {}
};

/// Nothing to await.
class Pool {
  std::thread thread_;

public:
  Pool();
  Pool(Pool &&) = default;
  ~Pool() {
    if (thread_.joinable())
      thread_.join();
  }
  void join() { thread_.join(); }
  bool full();
};
Pool make_pool();
Counter make_counter();
Deferred<> either(Counter &first, Counter &second);

Deferred<> awaited() {
  Counter counter; // ok: awaited
  counter.begin();
  co_await counter;
}
Deferred<> awaited_with_others() {
  Counter first, second; // ok
  co_await either(first, second);
}
Deferred<> moved(std::vector<Pool> &pools) {
  pools.push_back(make_pool()); // ok: what is left of it is empty
  auto pool = std::make_unique<Pool>(make_pool()); // ok
  pools.push_back(std::move(*pool));
  co_return;
}

Deferred<> not_awaited() {
  Counter counter; // warn: "thread::join"
  counter.begin();
  co_await acme::GiveWay{};
}
Deferred<> ends_here() {
  Pool pool; // warn: "thread::join"
  co_await acme::GiveWay{};
}
Deferred<> ends_at_once() {
  make_pool();                  // warn: [async-discarded-spawn] "dropped at once"
  if (make_pool().full())       // warn: "thread::join"
    co_await acme::GiveWay{};
}
Deferred<> made_of_a_value() {
  auto pool = make_pool(); // warn: "thread::join"
  co_await acme::GiveWay{};
}
Deferred<> joined() {
  Pool pool;
  pool.join(); // warn: "thread::join"
  co_await acme::GiveWay{};
}
Deferred<> awaits_it(Counter &counter);
Deferred<> awaited_elsewhere() {
  Counter counter; // ok: whoever has it may await it
  co_await awaits_it(counter);
}
