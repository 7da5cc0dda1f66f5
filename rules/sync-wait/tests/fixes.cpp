// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A runner becomes co_await where it compiles and gives the same.
#include "cppcoro.hpp"
#include "folly.hpp"

#include <utility>

cppcoro::task<int> load(int key);
cppcoro::task<> save(int key);

cppcoro::task<int> coroutine() {
  int value = cppcoro::sync_wait(load(1)); // warn: "sync_wait"
  // fixed:   int value = co_await load(1);
  cppcoro::sync_wait(save(value)); // warn: "sync_wait"
  // fixed:   co_await save(value);
  auto task = load(2);
  value += cppcoro::sync_wait(std::move(task)); // warn: "sync_wait"
  // fixed:   value += co_await std::move(task);
  auto lambda = [] { return cppcoro::sync_wait(load(3)); }; lambda(); // warn: "sync_wait"
  co_return value;
}

folly::coro::Task<int> count(int key);
folly::coro::Task<int> with_folly() {
  co_return folly::coro::blockingWait(count(1)); // warn: "blockingWait"
  // fixed:   co_return co_await count(1);
}
