// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A live price as an async sequence: `begin()` and `++` are awaited, as with the generators of most coroutine libraries.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <chrono>

namespace quotes {

class Ticks {
public:
  struct End {};

  class Iterator {
  public:
    explicit Iterator(double price) : price_(price) {}

    double operator*() const { return price_; }

    /// Waits for the next tick.
    boost::asio::awaitable<void> operator++() {
      boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::milliseconds(1));
      co_await timer.async_wait(boost::asio::use_awaitable);
      price_ += 0.5;
      ++seen_;
    }

    friend bool operator==(const Iterator &tick, End) { return tick.seen_ == 8; }

  private:
    double price_;
    int seen_ = 0;
  };

  explicit Ticks(double first) : first_(first) {}

  /// Waits for the first tick.
  boost::asio::awaitable<Iterator> begin() { co_return Iterator(first_); }
  End end() const { return {}; }

private:
  double first_;
};

} // namespace quotes
