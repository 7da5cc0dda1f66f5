// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handlers of everyday coroutines that know what they do, and some that do not.
#include "acme.hpp"
#include "folly.hpp"

#include <exception>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

namespace coro = folly::coro;
using namespace std::chrono_literals;

struct Reply {
  int status = 0;
  std::string text;
};
coro::Task<Reply> fetch(std::string url);
coro::Task<void> close(int handle);
Reply failure(const std::exception &error);
void log(const char *what);

coro::Task<Reply> reports(std::string url) {
  try {
    co_return co_await fetch(url);
  } catch (const std::exception &error) { // ok: the error is in the result
    co_return failure(error);
  }
}
coro::Task<Reply> says_what(std::string url) {
  try {
    co_return co_await fetch(url);
  } catch (const std::exception &error) { // ok: the error is in the result
    co_return Reply{500, error.what()};
  }
}
coro::Task<void> cleans_up(int handle) {
  for (int i = 0; i < 3; ++i) {
    try {
      co_await close(handle);
    } catch (...) { // ok: closing as far as it goes
    }
  }
}
coro::Task<void> woken_early() {
  try {
    co_await coro::sleep(10s);
  } catch (const folly::OperationCancelled &) { // ok: being woken early is all the same
  }
  co_await fetch("x");
}
coro::Task<void> top_level(std::string url) {
  try {
    while (true)
      co_await fetch(url);
  } catch (...) { // ok: the coroutine ends
    log("stopped");
  }
}
coro::Task<int> computes(int key) {
  if (key < 0)
    throw std::invalid_argument("key");
  co_return key;
}
coro::Task<int> nothing_to_cancel() {
  int sum = 0;
  for (int key = 3; key > -3; --key) {
    try {
      sum += co_await computes(key);
    } catch (const std::exception &error) { // ok: what it awaits suspends nowhere
      log(error.what());
    }
  }
  co_return sum;
}
class Poller {
public:
  coro::Task<void> run() {
    while (!stopped_) {
      try {
        co_await fetch("x");
      } catch (const std::exception &error) { // ok: the loop asks whether it is to end
        log(error.what());
      }
    }
  }
  coro::Task<void> run_on() {
    for (int turn = 0;; ++turn) {
      try {
        co_await fetch("x");
      } catch (const std::exception &error) { // warn: "std::exception"
        log(error.what());
        continue;
      }
    }
  }

private:
  bool stopped_ = false;
};
coro::Task<std::optional<Reply>> maybe(std::string url) {
  try {
    co_return co_await fetch(url);
  } catch (...) { // warn: "catch (...)"
    co_return std::nullopt;
  }
}

// A library no pack knows, with a cancellation exception of its own.
acme::Deferred<> unknown(acme::Socket &socket) {
  while (true) {
    try {
      co_await socket.receive();
    } catch (const std::exception &error) { // warn: "std::exception"
      log(error.what());
    }
  }
}
