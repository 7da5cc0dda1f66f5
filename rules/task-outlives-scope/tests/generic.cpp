// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Initiating functions for any completion token: a task for one of them only.
#include <boost/asio.hpp>

#include <exception>

namespace asio = boost::asio;

template <class Token> auto send(int value, Token &&token) {
  return asio::async_initiate<Token, void(int)>([](auto handler, int given) { std::move(handler)(given); }, token, value);
}
template <class... A> auto publish(A &&...arguments) {
  try {
    return send(std::forward<A>(arguments)...); // ok: the handler is for what the call itself throws
  } catch (const std::exception &) {
    return send(0, asio::use_awaitable);
  }
}
asio::awaitable<void> user() { co_await publish(1, asio::use_awaitable); }
asio::awaitable<int> written_out() {
  try {
    return send(1, asio::use_awaitable); // warn: "leaves this"
  } catch (const std::exception &) {
    return send(0, asio::use_awaitable);
  }
}
