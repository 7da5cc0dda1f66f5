// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions as values of the user's own types, and handlers that only look as if they did something.
#include "acme.hpp"

#include <exception>
#include <optional>
#include <tuple>
#include <variant>
#include <vector>

using acme::Deferred;

template <class T> struct Outcome {
  std::variant<T, std::exception_ptr> value;
};
struct Status {
  int code;
  std::exception_ptr error;
};
struct Entry {
  int key;
};
Deferred<std::vector<Outcome<int>>> settle(std::vector<Deferred<int>> tasks);
Deferred<std::tuple<Status, Status>> settle_both(Deferred<int> first, Deferred<int> second);
Deferred<std::vector<Entry>> list();
Deferred<Status> attempt(Deferred<int> task);
Deferred<int> load(int key);

Deferred<> drops(std::vector<Deferred<int>> tasks) {
  co_await settle(std::move(tasks));        // warn: "settle"
  co_await settle_both(load(1), load(2));   // warn: "settle_both"
  co_await list();                          // ok: entries fail with nothing
  co_await attempt(load(3));                // ok: one task that may fail
  (void)co_await settle_both(load(4), load(5));
}
Deferred<int> reads(std::vector<Deferred<int>> tasks) {
  int sum = 0;
  for (const Outcome<int> &each : co_await settle(std::move(tasks)))
    sum += each.value.index();
  co_return sum;
}

struct Quiet {
  struct promise_type {
    Quiet get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() // warn: "Quiet"
    {
      try {
        throw;
      } catch (...) {
      }
    }
  };
};
Quiet quiet() {
  co_await load(6);
}
void report(std::exception_ptr error);
struct Loud {
  struct promise_type {
    Loud get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {
      try {
        throw;
      } catch (...) {
        report(std::current_exception());
      }
    }
  };
};
Loud loud() {
  co_await load(7);
}
