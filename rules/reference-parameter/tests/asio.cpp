// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A server hands references from main through its listener into detached sessions: they last as long as the loop runs.
#include <boost/asio.hpp>

#include <string>
#include <string_view>

namespace asio = boost::asio;
using asio::awaitable;
using asio::use_awaitable;
using asio::ip::tcp;

struct Store {
  int hits = 0;
};

namespace {

awaitable<void> session(tcp::socket socket, Store &store, std::string_view root) {
  co_await asio::async_write(socket, asio::buffer("hello", 5), use_awaitable);
  ++store.hits; // ok: main's, which runs the loop
  co_await asio::async_write(socket, asio::buffer(root.data(), root.size()), use_awaitable); // ok
}

awaitable<void> listener(tcp::acceptor acceptor, Store &store, std::string_view root) {
  for (;;) {
    tcp::socket socket = co_await acceptor.async_accept(use_awaitable);
    asio::co_spawn(acceptor.get_executor(), session(std::move(socket), store, root), asio::detached);
  }
}

awaitable<void> greets(tcp::socket socket, const std::string &name) { // warn: "name"
  co_await asio::async_write(socket, asio::buffer("hello", 5), use_awaitable);
  co_await asio::async_write(socket, asio::buffer(name), use_awaitable); // note: "used here"
}

} // namespace

void greet(tcp::socket socket, const std::string &name) {
  auto executor = socket.get_executor();
  asio::co_spawn(executor, greets(std::move(socket), name), asio::detached);
}

int main(int argc, char **argv) {
  asio::io_context io;
  Store store;
  const std::string_view root = argc > 1 ? std::string_view{argv[1]} : ".";
  asio::co_spawn(io, listener({io, {tcp::v4(), 8080}}, store, root), asio::detached);
  io.run();
}
