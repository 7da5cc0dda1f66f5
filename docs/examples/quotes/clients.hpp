// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Clients for a trial run: each asks for one quote, all at once.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <string>

namespace quotes {

inline boost::asio::awaitable<std::string> ask(boost::asio::ip::tcp::endpoint server, std::string symbol) {
  boost::asio::ip::tcp::socket socket(co_await boost::asio::this_coro::executor);
  co_await socket.async_connect(server, boost::asio::use_awaitable);
  symbol += '\n';
  co_await boost::asio::async_write(socket, boost::asio::buffer(symbol), boost::asio::use_awaitable);
  std::string answer;
  co_await boost::asio::async_read_until(socket, boost::asio::dynamic_buffer(answer), '\n', boost::asio::use_awaitable);
  co_return answer;
}

} // namespace quotes
