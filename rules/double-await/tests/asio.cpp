// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: an awaitable can be awaited once.
#include <boost/asio.hpp>

#include <chrono>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using namespace std::chrono_literals;

awaitable<int> load(int key);

awaitable<int> twice() {
  auto loading = load(1);
  int sum = co_await std::move(loading);
  sum += co_await std::move(loading); // warn: "loading"
  co_return sum;
}
awaitable<void> spawned_and_awaited() {
  auto loading = load(1);
  asio::co_spawn(co_await asio::this_coro::executor, std::move(loading), asio::detached);
  co_await std::move(loading); // warn: "loading"
}
awaitable<void> timers(asio::steady_timer &timer) {
  for (int i = 0; i < 3; ++i) {
    timer.expires_after(1s);
    co_await timer.async_wait(use_awaitable); // ok: a new one each turn
  }
  auto waiting = timer.async_wait(use_awaitable);
  co_await std::move(waiting);
  waiting = timer.async_wait(use_awaitable);
  co_await std::move(waiting);
}
