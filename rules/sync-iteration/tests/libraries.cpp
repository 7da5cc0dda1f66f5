// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The known libraries' async generators with a forgotten co_await.
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <utility>

void print(int value);

folly::coro::AsyncGenerator<int> folly_rows();
folly::coro::Task<void> folly_loop() {
  auto rows = folly_rows();
  rows.next();            // warn: "next"
  auto item = rows.next(); // warn: "next"
  while (auto row = co_await rows.next())
    print(*row);
  if (auto first = co_await folly_rows().next())
    print(*first);
}
folly::coro::AsyncGenerator<int> folly_filter(folly::coro::AsyncGenerator<int> source) {
  while (auto item = co_await source.next())
    if (*item > 0)
      co_yield *item;
}

cppcoro::async_generator<int> cppcoro_rows();
cppcoro::task<> cppcoro_loop() {
  auto rows = cppcoro_rows();
  rows.begin();             // warn: "begin"
  auto it = co_await rows.begin();
  while (it != rows.end()) {
    print(*it);
    ++it; // warn: "it"
  }
  for (auto good = co_await rows.begin(); good != rows.end(); co_await ++good)
    print(*good);
}
cppcoro::async_generator<int> cppcoro_twice(cppcoro::async_generator<int> source) {
  for (auto it = co_await source.begin(); it != source.end(); ++it) { // warn: "it"
    co_yield *it;
    co_yield *it;
  }
}

seastar::coroutine::experimental::generator<int> seastar_rows();
seastar::future<> seastar_loop() {
  auto rows = seastar_rows();
  rows();             // warn: "rows"
  while (auto row = co_await rows())
    print(*row);
}
