// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: post() calls what it is given and looks at no result.
#include <boost/asio.hpp>

namespace asio = boost::asio;
using asio::awaitable;

awaitable<int> load(int key);

awaitable<void> posts(int key) {
  const auto executor = co_await asio::this_coro::executor;
  asio::post(executor, [key] { return load(key); }); // warn: "so its work never starts"
  asio::post(executor, [executor, key] { asio::co_spawn(executor, load(key), asio::detached); }); // ok
}
