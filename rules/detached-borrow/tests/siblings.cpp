// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handlers that use `this` beside one that keeps the object.
#include <boost/asio.hpp>

#include <chrono>
#include <iostream>
#include <memory>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using namespace std::chrono_literals;

class Session : public std::enable_shared_from_this<Session> {
public:
  void start() {
    auto self = shared_from_this();
    asio::co_spawn(loop_, [self]() -> awaitable<void> { co_await self->reads(); }, asio::detached);
    asio::co_spawn(loop_, [this]() -> awaitable<void> { co_await expires(); }, asio::detached); // warn: "this handler uses 'this'"
    asio::co_spawn(loop_, [this, self]() -> awaitable<void> { co_await expires(); }, asio::detached);
  }
  void spawns_method() {
    auto self = shared_from_this();
    asio::co_spawn(loop_, [self]() -> awaitable<void> { co_await self->reads(); }, asio::detached);
    asio::co_spawn(loop_, expires(), asio::detached); // warn: "nothing waits for coroutine 'Session::expires'"
    asio::co_spawn(loop_, held(), asio::detached); // ok: it holds its object
  }
  void spawns_alone() {
    asio::co_spawn(loop_, expires(), asio::detached); // ok by default: nothing here keeps the object
  }
  awaitable<void> held() {
    auto self = shared_from_this();
    co_await expires();
  }
  void weakly() {
    asio::post(loop_, [weak = weak_from_this()] { // note: "this one keeps the object"
      if (auto self = weak.lock())
        ++self->count_;
    });
    asio::post(loop_, [this] { ++count_; }); // warn: "this handler uses 'this'"
  }
  void reads_raw() {
    auto self = shared_from_this();
    socket_.async_read_some(asio::buffer(data_), [self](boost::system::error_code, std::size_t) { ++self->count_; });
    socket_.async_read_some(asio::buffer(data_), [this](boost::system::error_code, std::size_t) { ++count_; }); // ok by default: its own socket
  }
  void alone() {
    asio::post(loop_, [this] { ++count_; }); // ok by default: nothing here keeps the object
  }
  awaitable<void> waits() {
    auto self = shared_from_this();
    asio::co_spawn(loop_, [self]() -> awaitable<void> { co_await self->reads(); }, asio::detached);
    co_await asio::co_spawn(loop_, [this]() -> awaitable<void> { co_await expires(); }, use_awaitable); // ok: awaited
  }

private:
  awaitable<void> reads();
  awaitable<void> expires() {
    timer_.expires_after(30s);
    co_await timer_.async_wait(use_awaitable);
    ++count_;
  }

  asio::io_context &loop_;
  asio::steady_timer timer_;
  asio::ip::tcp::socket socket_;
  char data_[64];
  int count_ = 0;
};
