// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where prices come from. Stands for a database driver with a blocking and an asynchronous call.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <utility>

namespace quotes {

class PriceStore {
public:
  /// Blocks the thread until the answer is there.
  double get(const std::string &symbol) const {
    std::this_thread::sleep_for(round_trip);
    return price(symbol);
  }

  /// The same, but lets the event loop serve others meanwhile.
  boost::asio::awaitable<double> async_get(std::string symbol) const {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, round_trip);
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return price(symbol);
  }

private:
  static constexpr std::chrono::milliseconds round_trip{20};

  static double price(const std::string &symbol) { return 100.0 + static_cast<double>(symbol.size()); }
};

} // namespace quotes
