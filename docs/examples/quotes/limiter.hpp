// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lets a bounded number of requests through at a time.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/channel.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cstddef>
#include <utility>

namespace quotes {

class Limiter {
public:
  /// Gives the place back when it goes out of scope.
  class Slot {
  public:
    explicit Slot(Limiter &owner) : owner_(&owner) {}
    Slot(Slot &&other) noexcept : owner_(std::exchange(other.owner_, nullptr)) {}
    Slot &operator=(Slot &&) = delete;
    ~Slot() {
      if (owner_)
        owner_->places_.try_receive([](auto...) {});
    }

  private:
    Limiter *owner_;
  };

  Limiter(const boost::asio::any_io_executor &executor, std::size_t places) : places_(executor, places) {}

  /// Waits until there is a place.
  boost::asio::awaitable<Slot> acquire() {
    co_await places_.async_send(boost::system::error_code(), boost::asio::use_awaitable);
    co_return Slot(*this);
  }

private:
  boost::asio::experimental::channel<void(boost::system::error_code)> places_;
};

} // namespace quotes
