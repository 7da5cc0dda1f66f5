// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: what a spawned coroutine borrows must outlive the run of the context.
#include <boost/asio.hpp>

#include <memory>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using asio::use_awaitable;
using asio::ip::tcp;

struct Config {
  std::string name;
};
Config read_config();
awaitable<void> serve(const Config &config);
awaitable<void> talk(tcp::socket &socket);
awaitable<void> own(tcp::socket socket);

void spawns(asio::io_context &context) {
  Config config = read_config();
  co_spawn(context, serve(config), detached);                                                  // warn: "config"
  co_spawn(context, [&config]() -> awaitable<void> { co_await serve(config); }, detached);     // warn: "config"
  co_spawn(context, [&]() -> awaitable<void> { co_await serve(config); }, detached);           // warn: "config"
}
awaitable<void> accepts(tcp::acceptor &acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
    co_spawn(acceptor.get_executor(), talk(socket), detached); // warn: "socket"
  }
}

awaitable<void> accepts_right(tcp::acceptor &acceptor) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
    co_spawn(acceptor.get_executor(), own(std::move(socket)), detached); // ok
  }
}
// On its own executor the session has begun when co_spawn returns.
awaitable<void> takes(tcp::socket &&socket);
awaitable<void> takes_first(tcp::socket &&socket) {
  tcp::socket own_socket(std::move(socket));
  co_await own(std::move(own_socket));
}
awaitable<void> takes_late(tcp::socket &&socket) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  co_await timer.async_wait(use_awaitable);
  co_await own(std::move(socket));
}
awaitable<void> accepts_here(tcp::acceptor &acceptor) {
  auto executor = co_await asio::this_coro::executor;
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
    co_spawn(executor, takes_first(std::move(socket)), detached); // ok
    co_spawn(co_await asio::this_coro::executor, takes(std::move(socket)), detached); // ok
    co_spawn(executor, takes_late(std::move(socket)), detached); // warn: "socket"
    co_spawn(executor, talk(socket), detached); // warn: "socket"
  }
}
void from_outside(asio::io_context &context) {
  tcp::socket socket(context);
  co_spawn(context, takes_first(std::move(socket)), detached); // warn: "socket"
}
awaitable<void> joined() {
  Config config = read_config();
  co_await co_spawn(co_await asio::this_coro::executor, serve(config), use_awaitable); // ok
}
void future() {
  asio::thread_pool pool(1);
  Config config = read_config();
  co_spawn(pool, serve(config), asio::use_future).get(); // ok: waited for
}
int main() {
  Config config = read_config();
  asio::io_context context;
  co_spawn(context, serve(config), detached); // ok: the run ends before main does
  co_spawn(context, [&]() -> awaitable<void> { co_await serve(config); }, detached);
  context.run();
}

/// Handlers that use their object, of an object that ends with the function.
class Line {
public:
  explicit Line(tcp::socket socket) : socket_(std::move(socket)) {}
  void listen() {
    socket_.async_wait(tcp::socket::wait_read, [this](auto) { ++ready_; });
  }
  void look() {
    socket_.async_wait(tcp::socket::wait_read, [](auto) {});
  }

private:
  tcp::socket socket_;
  int ready_ = 0;
};
void listens(tcp::socket socket) {
  Line line(std::move(socket));
  line.listen(); // warn: "refers to 'line'"
}
void looks(tcp::socket socket) {
  Line line(std::move(socket));
  line.look(); // ok: uses nothing of it
}

void listeners(int count) {
  asio::io_context context;
  for (int i = 0; i < count; ++i) {
    Config config = read_config();
    co_spawn(context, [&] { return serve(config); }, detached);                                  // warn: "config"
    co_spawn(context, [&]() -> awaitable<void> { co_await serve(config); }, detached);           // warn: "config"
    co_spawn(context, [config]() -> awaitable<void> { co_await serve(config); }, detached);      // ok
  }
  context.run();
}

// A timer on the same executor does not wait for the work.
awaitable<void> fetch(int id);
awaitable<int> hopes(asio::any_io_executor executor, std::vector<int> ids) {
  int left = 0;
  for (int id : ids)
    asio::co_spawn(executor, [id, &left]() -> awaitable<void> { // warn: "left"
      co_await fetch(id);
      --left;
    }, asio::detached);
  asio::steady_timer patience(executor, std::chrono::seconds(3));
  co_await patience.async_wait(asio::use_awaitable);
  co_return left;
}
awaitable<int> is_told(asio::any_io_executor executor, std::vector<int> ids) {
  int left = 0;
  asio::steady_timer done(executor, std::chrono::steady_clock::time_point::max());
  for (int id : ids)
    asio::co_spawn(executor, [id, &left, &done]() -> awaitable<void> { // ok: the last one ends the wait
      co_await fetch(id);
      if (--left == 0)
        done.cancel();
    }, asio::detached);
  co_await done.async_wait(asio::use_awaitable);
  co_return left;
}
