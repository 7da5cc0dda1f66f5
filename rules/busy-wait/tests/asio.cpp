// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: polling between timer waits.
#include <boost/asio.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using namespace std::chrono_literals;

void send_heartbeat();

awaitable<void> polls(std::atomic<bool> &ready) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!ready) { timer.expires_after(10ms); co_await timer.async_wait(use_awaitable); } // warn: "ready"
}

awaitable<void> heartbeat(std::atomic<bool> &stopping) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  while (!stopping) {
    send_heartbeat(); // ok: periodic work
    timer.expires_after(1s);
    co_await timer.async_wait(use_awaitable);
  }
}

awaitable<void> throttle(std::size_t &queued) {
  asio::steady_timer timer(co_await asio::this_coro::executor, 5ms);
  co_await timer.async_wait(use_awaitable); // ok: once
  queued = 0;
}
