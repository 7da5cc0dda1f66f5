// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: functions that return an awaitable of what ends with them.
#include <boost/asio.hpp>

#include <array>
#include <exception>
#include <string>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

awaitable<void> greet(const std::string &name);
awaitable<int> load(int key);

awaitable<std::size_t> read(tcp::socket &socket) {
  std::array<char, 64> data;
  return socket.async_read_some(asio::buffer(data), use_awaitable); // warn: "data"
}
awaitable<void> hello(int user) {
  std::string name = std::to_string(user);
  return greet(name); // warn: "name"
}
awaitable<int> guarded(int key) {
  try {
    return load(key); // warn: "load"
  } catch (const std::exception &) {
    return load(0);
  }
}
awaitable<std::size_t> read_into(tcp::socket &socket, std::array<char, 64> &data) {
  return socket.async_read_some(asio::buffer(data), use_awaitable); // ok: the caller's buffer
}
awaitable<std::size_t> reads(tcp::socket &socket) {
  std::array<char, 64> data;
  co_return co_await socket.async_read_some(asio::buffer(data), use_awaitable); // ok
}
