// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// profile: strict
//
// Fire-and-forget coroutines that may let an exception through, which ends the program.
#include "acme.hpp"

#include <coroutine>
#include <exception>
#include <utility>

acme::Deferred<int> read();
int parse(int input);
int count(int input) noexcept;

struct Forget {
  struct promise_type {
    Forget get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
};

struct Quiet {
  bool await_ready() noexcept;
  void await_suspend(std::coroutine_handle<>) noexcept;
  int await_resume() noexcept;
};

Forget awaits() { // warn: "nobody can await 'awaits', and what it lets through ends the program"
  co_await read(); // note: "an exception of this is not caught"
}

Forget calls() { // warn: "what it lets through ends the program"
  parse(co_await Quiet()); // note: "an exception of this is not caught"
}

Forget outside() { // warn: "what it lets through ends the program"
  try {
    co_await read();
  } catch (...) {
    parse(1); // note: "an exception of this is not caught"
  }
}

Forget silent() { // ok
  count(co_await Quiet());
}

Forget guarded() { // ok
  try {
    parse(co_await read());
  } catch (...) {
    count(1);
  }
}
