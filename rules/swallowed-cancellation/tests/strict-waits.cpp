// flags: -std=c++20
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Boost.Asio cancels each operation by itself: a wait that was cancelled, and goes on as if its time were over.
#include <boost/asio.hpp>

#include <cstdio>
#include <exception>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using namespace std::chrono_literals;

class Device {
public:
  awaitable<void> nightly() {
    try {
      timer_.expires_after(1h);
      co_await timer_.async_wait(use_awaitable);
    } catch (const std::exception &error) { // warn: "catch (std::exception)"
      std::puts(error.what());
    }
    co_await reboot();
  }
  awaitable<void> last() {
    try {
      co_await timer_.async_wait(use_awaitable);
    } catch (const std::exception &error) { // ok: nothing comes after it
      std::puts(error.what());
    }
  }
  awaitable<void> other_operation() {
    try {
      co_await reboot();
    } catch (const std::exception &error) { // ok: it may fail for other reasons
      std::puts(error.what());
    }
    co_await reboot();
  }

private:
  awaitable<void> reboot();
  asio::steady_timer timer_;
};
