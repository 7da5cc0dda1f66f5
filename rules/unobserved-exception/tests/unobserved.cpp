// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions that nobody will ever see.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <coroutine>
#include <exception>
#include <stdexcept>
#include <utility>

namespace coro = folly::coro;
void log(const char *what);

namespace with_cppcoro {
cppcoro::task<int> load(int key);
cppcoro::task<> drops_results() {
  co_await cppcoro::when_all_ready(load(1), load(2)); // warn: "when_all_ready"
}
cppcoro::task<> reads_results() {
  auto [a, b] = co_await cppcoro::when_all_ready(load(1), load(2));
  a.result();
  b.result();
}
cppcoro::task<> throws_itself() {
  co_await cppcoro::when_all(load(1), load(2)); // ok: rethrows
}
} // namespace with_cppcoro

namespace with_folly {
coro::Task<int> load(int key);
coro::Task<void> drops_results() {
  co_await coro::collectAllTry(load(1), load(2)); // warn: "collectAllTry"
  co_await coro::co_awaitTry(load(3));            // ok: of one task; written to say that its failure does not matter
}
coro::Task<void> reads_results() {
  auto [a, b] = co_await coro::collectAllTry(load(1), load(2));
  if (a.hasException() || b.hasException())
    log("failed");
  auto one = co_await coro::co_awaitTry(load(3));
  if (one.hasException())
    log("failed");
  co_await coro::collectAll(load(4), load(5)); // ok: rethrows
}
} // namespace with_folly

namespace with_seastar {
seastar::future<int> load(int key);
seastar::future<> drops_results() {
  co_await seastar::when_all(load(1), load(2)); // warn: "when_all"
}
seastar::future<> reads_results() {
  auto [a, b] = co_await seastar::when_all(load(1), load(2));
  a.ignore_ready_future();
  b.ignore_ready_future();
  co_await seastar::when_all_succeed(load(3).discard_result(), load(4).discard_result()); // ok: rethrows
}
} // namespace with_seastar

// A promise that throws every exception away.
struct Careless {
  struct promise_type {
    Careless get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {} // warn: "unhandled_exception"
  };
};
struct Keeps {
  struct promise_type {
    std::exception_ptr error;
    Keeps get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { error = std::current_exception(); } // ok
  };
};
struct Ends {
  struct promise_type {
    Ends get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); } // ok
  };
};
struct Rethrows {
  struct promise_type {
    Rethrows get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { throw; } // ok
  };
};
template <class T> struct Generic {
  struct promise_type {
    Generic get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept {} // warn: "unhandled_exception"
  };
};
Generic<int> uses_generic() {
  log("may throw");
  co_return;
}
// Nothing in its coroutines throws.
template <class T> struct Counts {
  struct promise_type {
    Counts get_return_object() { return {}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {} // ok
  };
};
int twice(int value) { return 2 * value; }
Counts<int> counts(int &steps) {
  ++steps;
  co_await std::suspend_always{};
  steps = twice(steps);
}
// The same name in a class that is no promise.
struct Reporter {
  void unhandled_exception() {} // ok
};
// Nothing to lose: none of its coroutines can throw.
struct Quiet {
  struct promise_type {
    Quiet get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() noexcept {} // ok
  };
};
void tick() noexcept;
Quiet quiet() noexcept {
  tick();
  co_return;
}

// Only looked at: no coroutine has it.
struct Probe {
  std::coroutine_handle<Probe> get_return_object() { return {}; }
  std::suspend_always initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void return_void() {}
  void unhandled_exception() {} // ok
};
static_assert(sizeof(Probe) > 0);
