// flags: -std=c++20 -Itest/support/mock
// options: async-blocking-call.AllowedCallees=query=left_to_this_rule;std::this_thread::sleep_for=left_to_this_rule
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines that never suspend and only wrap blocking code: the caller's co_await stops the loop.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"

#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>

using acme::Deferred;
using namespace std::chrono_literals;

int query(int key) {
  std::this_thread::sleep_for(5ms);
  return key;
}

Deferred<int> wrapped(int key) { // warn: "wrapped"
  co_return query(key);
}

Deferred<> waits() { // warn: "waits"
  std::this_thread::sleep_for(1s);
  co_return;
}

folly::coro::Task<int> looked_up(int key) { // warn: "looked_up"
  int value = query(key);
  co_return value + 1;
}

struct Database {
  cppcoro::task<int> get(int key) { // warn: "get"
    co_return query(key);
  }
};

auto lambda = [](int key) -> Deferred<int> { // warn: "lambda"
  co_return query(key);
};

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<int> offloaded(acme::Workers &workers, int key) {
  int value = co_await workers.call([key] { return query(key); });
  co_return value;
}

struct Interface {
  virtual Deferred<int> get(int key) = 0;
  virtual ~Interface() = default;
};
struct Blocking : Interface {
  Deferred<int> get(int key) override { // ok: the interface is async
    co_return query(key);
  }
};

template <class Backend> Deferred<int> generic(Backend &backend, int key) { // ok: may suspend elsewhere
  co_return backend.get(key);
}
struct Plain {
  int get(int key) { return query(key); }
};
Deferred<int> instantiate() {
  Plain plain;
  co_return co_await generic(plain, 1);
}

Deferred<int> nothing_blocks(int key) { // ok here: no await, but nothing blocks either
  co_return key + 1;
}
