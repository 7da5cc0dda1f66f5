// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: completion tokens that give an awaitable or a deferred operation, and those that take over.
#include <boost/asio.hpp>
#include <boost/asio/experimental/parallel_group.hpp>

#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

using Timer = asio::use_awaitable_t<>::as_default_on_t<asio::steady_timer>;
using Socket = asio::use_awaitable_t<>::as_default_on_t<tcp::socket>;
constexpr auto as_values = asio::as_tuple(use_awaitable);

awaitable<int> load(int key);
void print(int value);

awaitable<void> drops(asio::steady_timer &timer, Timer &awaiting, Socket &socket, tcp::resolver &resolver) {
  std::array<char, 8> data;
  boost::system::error_code error;
  awaiting.async_wait();                                            // warn: "async_wait"
  socket.async_read_some(asio::buffer(data));                       // warn: "async_read_some"
  asio::async_read(socket, asio::buffer(data));                     // warn: "async_read"
  timer.async_wait(as_values);                                      // warn: "async_wait"
  timer.async_wait(asio::as_tuple(use_awaitable));                  // warn: "async_wait"
  timer.async_wait(asio::redirect_error(use_awaitable, error));     // warn: "async_wait"
  timer.async_wait(asio::deferred);                                 // warn: "async_wait"
  resolver.async_resolve("host", "80", use_awaitable);              // warn: "async_resolve"
  asio::post(timer.get_executor(), use_awaitable);                  // warn: "post"
  auto waiting = timer.async_wait(as_values);                       // warn: "async_wait"
  auto operation = timer.async_wait(asio::deferred);                // warn: "async_wait"
  co_return;
}

awaitable<void> takes(asio::steady_timer &timer, Timer &awaiting, Socket &socket) {
  std::array<char, 8> data;
  co_await awaiting.async_wait();
  std::size_t n = co_await socket.async_read_some(asio::buffer(data));
  auto [error] = co_await timer.async_wait(as_values);
  auto operation = timer.async_wait(asio::deferred);
  co_await std::move(operation)(use_awaitable);
  co_await timer.async_wait(asio::deferred);
  timer.async_wait(asio::use_future);
  timer.async_wait([](auto...) {});
  timer.async_wait(asio::bind_executor(timer.get_executor(), [](auto) {}));
  awaiting.async_wait(asio::detached);
  asio::post(timer.get_executor(), [] { print(1); });
  co_await asio::post(timer.get_executor(), use_awaitable);
  co_spawn(timer.get_executor(), load(1), asio::detached);
  auto [order, first, second] = co_await asio::experimental::make_parallel_group(
                                    timer.async_wait(asio::deferred), awaiting.async_wait(asio::deferred))
                                    .async_wait(asio::experimental::wait_for_one(), as_values);
  print(static_cast<int>(n));
}

// Generic code over the token: what it gives is the caller's matter.
template <class Token> auto async_pause(asio::steady_timer &timer, Token &&token) {
  return timer.async_wait(std::forward<Token>(token));
}
template <class Token> auto async_greet(asio::steady_timer &timer, Token &&token) {
  return asio::async_compose<Token, void(boost::system::error_code)>(
      [&timer, started = false](auto &self, boost::system::error_code error = {}) mutable {
        if (started) {
          self.complete(error);
          return;
        }
        started = true;
        timer.async_wait(std::move(self)); // ok: goes on in this very function
      },
      token, timer);
}
awaitable<void> generic(asio::steady_timer &timer) {
  co_await async_pause(timer, use_awaitable);
  co_await async_greet(timer, use_awaitable);
  async_pause(timer, asio::detached);
  async_greet(timer, asio::detached);
  async_pause(timer, use_awaitable); // warn: "async_pause"
  async_greet(timer, use_awaitable); // warn: "async_greet"
}
