// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A context that only synchronous operations use needs no run, whatever callables they are given.
#include <boost/asio.hpp>

#include <string>

namespace asio = boost::asio;

std::string fetch() {
  asio::io_context context; // ok
  asio::ip::tcp::socket socket(context);
  asio::ip::tcp::resolver resolver(context);
  asio::connect(socket, resolver.resolve("localhost", "80"), [](const auto &, const auto &) { return true; });
  std::string text;
  boost::system::error_code error;
  asio::read(socket, asio::dynamic_buffer(text), asio::transfer_at_least(1), error);
  return text;
}
