// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: co_spawn keeps a function it is given, not the closure of a task already made.
#include <boost/asio.hpp>

#include <memory>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using asio::use_awaitable;

awaitable<void> save(int key);

void spawns(asio::io_context &context, int key) {
  co_spawn(context, [key]() -> awaitable<void> { co_await save(key); }, detached);   // ok: kept
  co_spawn(context, [key]() -> awaitable<void> { co_await save(key); }(), detached); // warn: "key"
  auto body = [key]() -> awaitable<void> { co_await save(key); };
  co_spawn(context, body, detached);   // ok: copied
  co_spawn(context, body(), detached); // warn: "body"
}

awaitable<void> in_place(int key) {
  co_await [key]() -> awaitable<void> { co_await save(key); }(); // ok
  co_await co_spawn(co_await asio::this_coro::executor, [&]() -> awaitable<void> { co_await save(key); }, use_awaitable);
}
