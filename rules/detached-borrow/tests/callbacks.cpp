// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Operations that return at once, with handlers that run later: their buffers and what the handlers refer to.
#include <boost/asio.hpp>

#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace asio = boost::asio;
using asio::ip::tcp;

void use(int value);

void text(tcp::socket &socket) {
  std::string message = "hello";
  asio::async_write(socket, asio::buffer(message), [](auto, auto) {}); // warn: "the work started here refers to 'message'"
}
void posted(asio::io_context &context) {
  int number = 0;
  asio::post(context, [&] { use(number); }); // warn: "this lambda runs later, but it captures 'number' by reference"
}
void timed(asio::steady_timer &timer) {
  int number = 0;
  timer.async_wait([&number](auto) { use(number); }); // warn: "captures 'number' by reference"
}
class Session : public std::enable_shared_from_this<Session> {
  tcp::socket socket_;
  std::string text_;
  char kept_[100];

public:
  void first() {
    char bytes[100];
    socket_.async_read_some(asio::buffer(bytes), [self = shared_from_this()](auto, auto) {}); // warn: "refers to 'bytes'"
  }
  void second() {
    int tries = 3;
    socket_.async_read_some(asio::buffer(kept_), [self = shared_from_this(), &tries](auto, auto) { use(tries); }); // warn: "captures 'tries'"
  }
  void third() {
    socket_.async_read_some(asio::buffer(kept_), [self = shared_from_this()](auto, auto) {}); // ok
    asio::async_write(socket_, asio::buffer(text_), [this](auto, auto) { third(); });         // ok
  }
};

// The handler owns what the operation refers to.
void shared(tcp::socket &socket) {
  auto message = std::make_shared<std::string>("hello");
  asio::async_write(socket, asio::buffer(*message), [message](auto, auto) {}); // ok
}
struct Handler {
  std::unique_ptr<std::string> message;
  void operator()(const boost::system::error_code &, std::size_t) {}
};
void owned(tcp::socket &socket) {
  auto message = std::make_unique<std::string>("hello");
  asio::async_write(socket, asio::buffer(*message), Handler{std::move(message)}); // ok
}

// Something waits.
void run(asio::io_context &context, tcp::socket &socket) {
  std::string message = "hello";
  int number = 0;
  asio::async_write(socket, asio::buffer(message), [&](auto, auto) { use(number); }); // ok
  context.run();
}
void answered(asio::io_context &context) {
  int number = 0;
  std::promise<void> done;
  asio::post(context, [&] { // ok
    use(number);
    done.set_value();
  });
  done.get_future().wait();
}
void pool() {
  int number = 0;
  asio::thread_pool workers(2);
  asio::post(workers, [&] { use(number); }); // ok: its destructor joins
}
asio::awaitable<void> suspends(tcp::socket &socket) {
  bool done = false;
  asio::post(socket.get_executor(), [&] { done = true; }); // ok: the coroutine lives on
  co_await asio::post(asio::use_awaitable);
  use(done);
}
