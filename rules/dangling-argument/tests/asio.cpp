// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: temporaries bound to an awaitable that is awaited later or spawned.
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using namespace asio::experimental::awaitable_operators;

std::string make_name();
awaitable<void> greet(const std::string &name);
awaitable<void> show(std::string_view text);
awaitable<void> own(std::string name);

awaitable<void> held() {
  auto a = greet(make_name()); // warn: "greet"
  auto b = show(make_name());  // warn: "show"
  co_await std::move(a);
  co_await std::move(b);
  auto c = own(make_name());   // ok
  co_await std::move(c);
  co_await greet(make_name()); // ok
  co_await (greet(make_name()) && show(make_name())); // ok: all in one expression
}
void spawned(asio::io_context &context) {
  co_spawn(context, greet(make_name()), detached); // warn: "greet"
  co_spawn(context, greet("x"), detached);         // warn: "greet"
  co_spawn(context, own(make_name()), detached);   // ok
  co_spawn(context, show("literal"), detached);    // ok
}
