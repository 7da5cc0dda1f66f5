// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: synchronous overloads and blocking calls in coroutines and handlers; pools end the context.
#include <boost/asio.hpp>

#include <array>
#include <chrono>
#include <string>
#include <thread>
#include <unistd.h>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

void hash() { usleep(10); }

awaitable<void> session(tcp::socket socket, asio::steady_timer &timer, tcp::resolver &resolver, tcp::acceptor &acceptor) {
  std::array<char, 64> data;
  std::this_thread::sleep_for(1s);                          // warn: "sleep_for"
  hash();                                                   // warn: "hash"
  timer.wait();                                             // warn: "wait"
  socket.read_some(asio::buffer(data));                     // warn: "read_some"
  socket.write_some(asio::buffer(data));                    // warn: "write_some"
  asio::read(socket, asio::buffer(data));                   // warn: "read"
  asio::write(socket, asio::buffer(data));                  // warn: "write"
  auto endpoints = resolver.resolve("localhost", "80");     // warn: "resolve"
  asio::connect(socket, endpoints);                         // warn: "connect"
  tcp::socket other = acceptor.accept();                    // warn: "accept"
  boost::system::error_code error;
  socket.read_some(asio::buffer(data), error);              // warn: "read_some"
  co_await timer.async_wait(use_awaitable);                 // ok
  co_await socket.async_read_some(asio::buffer(data), use_awaitable);
  auto found = co_await resolver.async_resolve("localhost", "80", use_awaitable);
  co_await asio::async_connect(socket, found, use_awaitable);
  socket.close();       // ok
  socket.cancel();      // ok
  timer.expires_after(1s);
}

void handlers(asio::io_context &context, asio::steady_timer &timer, tcp::socket &socket) {
  asio::post(context, [] { usleep(1); });                                   // warn: "usleep"
  asio::dispatch(context, [] { hash(); });                                  // warn: "hash"
  asio::defer(context.get_executor(), [] { usleep(2); });                   // warn: "usleep"
  timer.async_wait([](boost::system::error_code) { usleep(3); });           // warn: "usleep"
  std::array<char, 8> data;
  socket.async_read_some(asio::buffer(data), [](boost::system::error_code, std::size_t) { hash(); }); // warn: "hash"
}

void synchronous(tcp::socket &socket, asio::steady_timer &timer) {
  std::array<char, 64> data;
  socket.read_some(asio::buffer(data)); // ok: a plain function that nothing on a loop calls
  asio::write(socket, asio::buffer(data));
  timer.wait();
}

void offloaded(asio::thread_pool &pool) {
  asio::post(pool, [] { usleep(1); });                  // ok
  asio::post(pool.get_executor(), [] { hash(); });      // ok
  asio::dispatch(pool, [] { usleep(2); });              // ok
}

awaitable<int> on_the_pool(asio::thread_pool &pool) {
  co_await asio::post(pool, use_awaitable); // runs on this coroutine's own executor again
  int value = co_await asio::co_spawn(
      pool,
      []() -> awaitable<int> {
        usleep(1); // ok: spawned on the pool
        co_return 1;
      },
      use_awaitable);
  co_return value;
}

int main() {
  asio::io_context context;
  std::thread runner([&] { context.run(); });
  std::this_thread::sleep_for(1s); // ok
  runner.join();                   // ok
}

awaitable<void> when_ready(tcp::socket &socket, tcp::socket &other) {
  std::array<char, 64> data;
  socket.read_some(asio::buffer(data)); // warn: "read_some"
  co_await socket.async_wait(tcp::socket::wait_read, use_awaitable);
  socket.read_some(asio::buffer(data)); // ok: there is something to read
  other.read_some(asio::buffer(data));  // warn: "read_some"
}
class Reader {
  tcp::socket socket_;
  awaitable<void> read() {
    std::array<char, 64> data;
    co_await socket_.async_wait(tcp::socket::wait_read, use_awaitable);
    socket_.read_some(asio::buffer(data));
  }
};
