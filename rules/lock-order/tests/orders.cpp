// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Two async mutexes taken in two orders.
#include "cppcoro.hpp"

using cppcoro::async_mutex;
using cppcoro::task;

struct Bank {
  async_mutex accounts, journal, audit, gate;
  int moved = 0;

  task<> transfer() {
    auto first = co_await accounts.scoped_lock_async();
    auto second = co_await journal.scoped_lock_async(); // note: "here 'journal' is waited for while 'accounts' is held"
    ++moved;
  }
  task<> report() {
    auto first = co_await journal.scoped_lock_async(); // note: "'journal' is taken here"
    auto second = co_await accounts.scoped_lock_async(); // warn: "'accounts' is waited for while 'journal' is held"
    --moved;
  }
  task<> same_order() {
    auto first = co_await accounts.scoped_lock_async();
    co_await write();
  }
  task<> write() {
    auto lock = co_await audit.scoped_lock_async();
    ++moved;
  }
};

/// Never both at once.
struct OneAtATime {
  async_mutex left, right;
  task<> there() {
    { auto lock = co_await left.scoped_lock_async(); }
    auto lock = co_await right.scoped_lock_async();
  }
  task<> back() {
    auto one = co_await right.scoped_lock_async();
    auto two = co_await left.scoped_lock_async();
  }
};

/// One lock around both.
struct Gated {
  async_mutex left, right, gate;
  task<> there() {
    auto all = co_await gate.scoped_lock_async();
    auto one = co_await left.scoped_lock_async();
    auto two = co_await right.scoped_lock_async();
  }
  task<> back() {
    auto all = co_await gate.scoped_lock_async();
    auto one = co_await right.scoped_lock_async();
    auto two = co_await left.scoped_lock_async();
  }
};

/// Through helpers, and in a circle of three.
struct Circle {
  async_mutex a, b, c;
  int value = 0;
  task<> use_b() { auto lock = co_await b.scoped_lock_async(); ++value; }
  task<> use_c() { auto lock = co_await c.scoped_lock_async(); ++value; }
  task<> use_a() { auto lock = co_await a.scoped_lock_async(); ++value; }
  task<> one() { auto lock = co_await a.scoped_lock_async(); co_await use_b(); }
  task<> two() { auto lock = co_await b.scoped_lock_async(); co_await use_c(); }
  task<> three() { auto lock = co_await c.scoped_lock_async(); co_await use_a(); } // warn: "'a' is waited for while 'c' is held"
};

/// Of two objects nobody knows the order.
struct Account { async_mutex mutex; int balance = 0; };
task<> move_money(Account &from, Account &to, int amount) {
  auto one = co_await from.mutex.scoped_lock_async();
  auto two = co_await to.mutex.scoped_lock_async(); // ok
  from.balance -= amount;
  to.balance += amount;
}

async_mutex registry_mutex, cache_mutex;
int lookups = 0;
task<> look_up() {
  auto one = co_await registry_mutex.scoped_lock_async();
  auto two = co_await cache_mutex.scoped_lock_async();
  ++lookups;
}
task<> evict() {
  co_await cache_mutex.lock_async();
  co_await registry_mutex.lock_async(); // warn: "'registry_mutex' is waited for while 'cache_mutex' is held"
  --lookups;
  registry_mutex.unlock();
  cache_mutex.unlock();
}
