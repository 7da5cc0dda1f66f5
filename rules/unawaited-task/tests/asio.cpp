// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: awaitables that are dropped, and everything that takes them over.
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <array>
#include <chrono>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;
using namespace asio::experimental::awaitable_operators;

awaitable<void> save(int key);
awaitable<int> load(int key);
void print(int value);

awaitable<void> discarded(tcp::socket socket, asio::steady_timer &timer) {
  std::array<char, 64> data;
  save(1);                                                         // warn: "save"
  load(2);                                                         // warn: "load"
  timer.async_wait(use_awaitable);                                 // warn: "async_wait"
  socket.async_read_some(asio::buffer(data), use_awaitable);       // warn: "async_read_some"
  asio::async_write(socket, asio::buffer(data), use_awaitable);    // warn: "async_write"
  co_spawn(socket.get_executor(), save(3), use_awaitable);         // warn: "co_spawn"
  save(4) && save(5);                                              // warn: "operator&&"
  save(6) || timer.async_wait(use_awaitable);                      // warn: "operator||"
  co_return;
}

awaitable<void> held(tcp::socket socket, asio::steady_timer &timer) {
  auto saving = save(1);                                // warn: "save"
  auto waiting = timer.async_wait(use_awaitable);       // warn: "async_wait"
  awaitable<int> loading = load(2);                     // warn: "load"
  auto both = save(3) && save(4);                       // warn: "operator&&"
  co_return;
}

awaitable<int> some_paths(bool wanted) {
  auto loading = load(1); // warn: "load"
  if (!wanted)
    co_return 0;
  co_return co_await std::move(loading);
}

awaitable<void> echo(tcp::socket socket) {
  std::array<char, 1024> data;
  for (;;) {
    std::size_t n = co_await socket.async_read_some(asio::buffer(data), use_awaitable);
    co_await asio::async_write(socket, asio::buffer(data, n), use_awaitable);
  }
}

awaitable<void> consumed(asio::thread_pool &pool) {
  auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, 10ms);
  co_await timer.async_wait(use_awaitable);
  timer.async_wait(detached);                                 // ok: a completion token that takes it over
  timer.async_wait([](boost::system::error_code) {});         // ok
  co_spawn(executor, save(1), detached);                      // ok
  co_spawn(executor, [] { return save(2); }, detached);       // ok
  co_spawn(executor, load(3), [](std::exception_ptr, int value) { print(value); });
  co_await co_spawn(pool, load(4), use_awaitable);
  co_await (save(5) && save(6));
  auto result = co_await (load(7) || timer.async_wait(use_awaitable));
  print(static_cast<int>(result.index()));
  auto later = load(8);
  print(co_await std::move(later));
  auto spawned = save(9);
  co_spawn(executor, std::move(spawned), detached);
}

awaitable<int> returned(int key) { return load(key); }

struct Server {
  asio::io_context &context;
  tcp::acceptor acceptor{context, {tcp::v4(), 0}};
  awaitable<void> listen() {
    for (;;) {
      tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
      co_spawn(acceptor.get_executor(), echo(std::move(socket)), detached);
    }
  }
  awaitable<void> serve() {
    listen(); // warn: "listen"
    co_return;
  }
};

int main() {
  asio::io_context context;
  Server server{context};
  co_spawn(context, server.listen(), detached);
  co_spawn(
      context,
      [&]() -> awaitable<void> {
        save(1); // warn: "save"
        co_await server.serve();
      },
      detached);
  asio::post(context, [&] { co_spawn(context, save(2), detached); });
  context.run();
}
