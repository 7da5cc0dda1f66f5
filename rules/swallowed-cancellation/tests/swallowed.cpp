// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handlers that take cancellation for an ordinary error and go on.
#include "cppcoro.hpp"
#include "folly.hpp"

#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <utility>

namespace coro = folly::coro;

void log(const char *what);
void compute();
int parse(const std::string &text);

namespace with_folly {
coro::Task<int> load(int key);
coro::Task<void> save(int value);

coro::Task<void> endless_worker(coro::UnboundedQueue<int> &queue) {
  while (true) {
    try {
      int item = co_await queue.dequeue();
      co_await save(item);
    } catch (const std::exception &error) { // warn: "std::exception"
      log(error.what());
    }
  }
}
coro::Task<int> fallback(int key) {
  try {
    co_return co_await load(key);
  } catch (...) { // warn: "catch (...)"
    co_return 0;
  }
}
coro::Task<void> retries(int key) {
  for (int attempt = 0; attempt < 3; ++attempt) {
    try {
      co_await load(key);
      co_return;
    } catch (...) { // warn: "catch (...)"
      log("again");
    }
  }
}
coro::Task<void> by_name() {
  try {
    co_await load(1);
  } catch (const folly::OperationCancelled &) { // warn: "OperationCancelled"
    log("cancelled");
  }
  co_await save(1);
}
coro::Task<void> second_handler() {
  try {
    co_await load(1);
  } catch (const std::runtime_error &) {
    log("runtime");
  } catch (const std::exception &) { // warn: "std::exception"
    log("other");
  }
  co_await save(1);
}
coro::Task<void> nested() {
  try {
    compute();
    try {
      co_await load(1);
    } catch (std::exception &error) { // warn: "std::exception"
      log(error.what());
    }
    co_await save(1);
  } catch (const std::logic_error &) {
    log("logic");
  }
}
coro::Task<void> counts_and_goes_on(coro::UnboundedQueue<int> &queue) {
  int failures = 0;
  while (true) {
    try {
      co_await save(co_await queue.dequeue());
    } catch (const folly::OperationCancelled &) { // warn: "OperationCancelled"
      ++failures;
    }
  }
}
coro::Task<void> sets_a_value(coro::UnboundedQueue<int> &queue, std::string &last) {
  for (;;) {
    try {
      co_await save(co_await queue.dequeue());
    } catch (const std::exception &error) { // warn: "std::exception"
      last = error.what();
      log("failed");
      continue;
    }
  }
}
auto lambda = []() -> coro::Task<int> {
  try {
    co_return co_await load(1);
  } catch (std::exception error) { // warn: "std::exception"
    co_return -1;
  }
};

// --- silent -----------------------------------------------------------------------------------------------------

coro::Task<void> sets_what_the_loop_asks(coro::UnboundedQueue<int> &queue) {
  bool more = true;
  while (more) {
    try {
      co_await save(co_await queue.dequeue());
    } catch (const folly::OperationCancelled &) {
      more = false; // ok: ends the loop
    }
  }
}

coro::Task<void> rethrows() {
  try {
    co_await load(1);
  } catch (...) {
    log("failed");
    throw;
  }
}
coro::Task<void> cancellation_first(int key) {
  while (true) {
    try {
      co_await load(key);
    } catch (const folly::OperationCancelled &) {
      throw;
    } catch (const std::exception &error) {
      log(error.what());
    }
  }
}
coro::Task<int> leaves_on_cancellation(int key) {
  while (true) {
    try {
      co_await load(key);
    } catch (const folly::OperationCancelled &) {
      co_return 0; // ok: stops
    } catch (...) {
      log("again");
    }
  }
}
coro::Task<void> checks(int key, folly::CancellationToken token) {
  while (true) {
    try {
      co_await load(key);
    } catch (const std::exception &error) { // ok: asks the token
      if (token.isCancellationRequested())
        throw;
      log(error.what());
    }
  }
}
coro::Task<void> specific(int key) {
  try {
    co_await load(key);
  } catch (const std::out_of_range &) {
    log("no such key");
  }
}
coro::Task<int> no_await_inside(std::string text) {
  int value = 0;
  try {
    value = parse(text);
  } catch (const std::exception &) {
    value = -1; // ok: nothing in there suspends
  }
  co_await save(value);
  co_return value;
}
coro::Task<void> kept_for_later() {
  std::exception_ptr error;
  try {
    co_await load(1);
  } catch (...) {
    error = std::current_exception();
  }
  co_await save(1);
  if (error)
    std::rethrow_exception(error);
}
coro::Task<void> translated(int key) {
  try {
    co_await load(key);
  } catch (const std::exception &) {
    std::throw_with_nested(std::runtime_error("load"));
  }
}
int plain() {
  try {
    return coro::blockingWait(load(1));
  } catch (const std::exception &error) {
    std::cerr << error.what();
    return 1; // ok: top level
  }
}
} // namespace with_folly

namespace with_cppcoro {
cppcoro::task<int> load(int key, cppcoro::cancellation_token token);
cppcoro::task<int> swallows(cppcoro::cancellation_token token) {
  for (int key = 0;; ++key) {
    try {
      co_await load(key, token);
    } catch (const std::exception &error) { // warn: "std::exception"
      log(error.what());
    }
  }
}
cppcoro::task<int> stops(cppcoro::cancellation_token token) {
  for (int key = 0;; ++key) {
    try {
      co_await load(key, token);
    } catch (const cppcoro::operation_cancelled &) {
      throw;
    } catch (const std::exception &error) {
      log(error.what());
    }
  }
}
} // namespace with_cppcoro
