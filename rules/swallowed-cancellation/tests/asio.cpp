// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: cancellation arrives as an error code, and a session's outermost handler ends the session.
#include <boost/asio.hpp>

#include <array>
#include <exception>
#include <iostream>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

awaitable<void> session(tcp::socket socket) {
  try {
    std::array<char, 64> data;
    for (;;) {
      std::size_t n = co_await socket.async_read_some(asio::buffer(data), use_awaitable);
      co_await asio::async_write(socket, asio::buffer(data, n), use_awaitable);
    }
  } catch (const std::exception &error) {
    std::cerr << error.what(); // ok: the outermost handler; nothing goes on after it
  }
}

awaitable<void> as_code(asio::steady_timer &timer) {
  for (;;) {
    boost::system::error_code error;
    co_await timer.async_wait(asio::redirect_error(use_awaitable, error));
    if (error == asio::error::operation_aborted)
      co_return; // ok: checked
  }
}
