// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cancellation of a library nobody knows: what is thrown because a stop was asked for.
#include "acme.hpp"

#include <exception>
#include <stop_token>

using acme::Deferred;
void log(const char *text);

class Halted : public std::exception {};
class Broken : public std::exception {};
struct Wait {
  std::stop_token token;
  bool broken = false;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume() {
    if (token.stop_requested())
      throw Halted();
    if (broken) {
      throw Broken();
    }
  }
};

Deferred<> by_name(std::stop_token token) {
  for (;;) {
    try {
      co_await Wait{token};
    } catch (const Halted &) { // warn: "Halted"
      log("again");
    }
  }
}
Deferred<> broad(std::stop_token token) {
  for (;;) {
    try {
      co_await Wait{token};
    } catch (const std::exception &error) { // warn: "takes the cancellation"
      log(error.what());
    }
  }
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<> another(std::stop_token token) {
  for (;;) {
    try {
      co_await Wait{token};
    } catch (const Broken &) { // ok
      log("again");
    }
  }
}
Deferred<> lets_it_pass(std::stop_token token) {
  for (;;) {
    try {
      co_await Wait{token};
    } catch (const Halted &) {
      throw;
    } catch (const std::exception &error) { // ok
      log(error.what());
    }
  }
}

// --- a made-up result after the try ------------------------------------------------------------------------------

Deferred<int> made_up(std::stop_token token) {
  try {
    co_await Wait{token};
    co_return 1;
  } catch (const std::exception &error) { // warn: "into an ordinary result"
    log(error.what());
  }
  co_return 0;
}
Deferred<> nothing_made_up(std::stop_token token) {
  try {
    co_await Wait{token};
  } catch (const std::exception &error) { // ok: an outermost handler
    log(error.what());
  }
  co_return;
}

// Called after it, wherever it is thrown.
struct CancelledError : std::exception {};
void check(bool ended) {
  if (ended)
    throw CancelledError();
}
Deferred<> work(bool ended);
Deferred<> by_its_name(bool ended) {
  for (;;) {
    try {
      co_await work(ended);
    } catch (const CancelledError &) { // warn: "CancelledError"
      log("again");
    }
  }
}
