// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fire-and-forget coroutines whose promise ends the program.
#include "acme.hpp"

#include <coroutine>
#include <exception>
#include <stdexcept>

[[noreturn]] void die() noexcept;
void log(std::exception_ptr error) noexcept;
int parse(int input);

struct Forget {
  struct promise_type {
    Forget get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { die(); }
  };
};

struct Rethrow {
  struct promise_type {
    Rethrow get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { throw; }
  };
};

struct Logged {
  struct promise_type {
    Logged get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { log(std::current_exception()); }
  };
};

struct Later {
  struct promise_type {
    Later get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() { throw; } // whoever resumed it sees the exception
  };
};

acme::Deferred<int> read();
acme::Deferred<> wait() noexcept;

Forget throws(int input) { // warn: "nobody can await 'throws', and what it throws ends the program in 'Forget::promise_type::unhandled_exception'"
  co_await wait();
  if (input < 0)
    throw std::runtime_error("negative"); // note: "thrown here"
}

Rethrow rethrows() { // warn: "what it throws ends the program"
  try {
    co_await read();
  } catch (...) {
    throw; // note: "thrown here"
  }
}

void lambdas(int input) {
  [](int input) -> Forget { // warn: "what it throws ends the program"
    co_await wait();
    throw input;
  }(input);
}

Forget catches(int input) { // ok
  try {
    co_await read();
    if (input < 0)
      throw std::runtime_error("negative");
  } catch (const std::exception &) {
  }
}

Forget awaits() { // ok: what it awaits may throw; that is for strict
  parse(co_await read());
}

Logged tells() { // ok
  co_await read();
  throw 1;
}

Later passes_on() { // ok
  co_await read();
  throw 1;
}

acme::Deferred<> awaited() { // ok: its caller sees it
  co_await read();
  throw 1;
}
