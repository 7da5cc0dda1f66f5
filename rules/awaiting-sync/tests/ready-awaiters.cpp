// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// co_await of something that is always ready: it looks like a pause and is none.
#include "acme.hpp"
#include "folly.hpp"

#include <coroutine>

using acme::Deferred;

struct Ready {
  constexpr bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};
struct Wrapper {
  Ready operator co_await() const noexcept { return {}; }
};
Ready ready();
void compute();

Deferred<> never_pauses() {
  compute();
  co_await std::suspend_never{}; // warn: "suspend_never"
  compute();
  co_await Ready{};              // warn: "Ready"
  co_await ready();              // warn: "ready"
  co_await Wrapper{};            // warn: "Wrapper"
}

struct Value {
  int value;
  constexpr bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  int await_resume() const noexcept { return value; }
};
Deferred<int> gives_back(int value) {
  compute();
  const int same = co_await Value{value}; // warn: "Value"
  compute();
  co_return same;
}

// --- silent: they may pause, or they are how the library answers a question ---------------------------------------

struct Maybe {
  bool set;
  bool await_ready() const noexcept { return set; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};
struct Current {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  acme::Reactor *await_resume() const noexcept;
};

Deferred<> pauses(bool set) {
  co_await Maybe{set};
  co_await acme::GiveWay{};
  co_await acme::pause_for(acme::Millis(0));
  auto *reactor = co_await Current{}; // ok: asks for a value
  (void)reactor;
}

folly::coro::Task<void> asks() {
  auto *executor = co_await folly::coro::co_current_executor;          // ok
  auto &token = co_await folly::coro::co_current_cancellation_token;   // ok
  (void)executor;
  (void)token;
}

template <class A> Deferred<> generic(A awaitable) {
  co_await awaitable; // ok: generic code
}
Deferred<> instantiate() { co_await generic(Ready{}); }

// The await is what lets the compiler put the frames of the arguments into the caller's.
struct [[clang::coro_await_elidable]] Forked {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) const noexcept {}
  void await_resume() const noexcept {}
};
Forked fork(Deferred<> task);
Deferred<> part();
Deferred<> forks() {
  co_await fork(part()); // ok
  co_await Maybe{false};
}

// Without it the function would be none.
Deferred<> fails() {
  co_await std::suspend_never{}; // ok
  throw 1;
}
Deferred<> noted() {
  compute();
  co_await std::suspend_never{}; // ok
}
Deferred<> polite(int count) {
  while (count-- > 0) {
    compute();
    co_await std::suspend_never{}; // warn: "suspend_never"
  }
}
