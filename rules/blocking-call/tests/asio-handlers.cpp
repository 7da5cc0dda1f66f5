// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The real Boost.Asio: the many ways a function gets onto the loop.
#include <boost/asio.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <unistd.h>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::ip::tcp;
using boost::system::error_code;
using namespace std::chrono_literals;

void hash() { usleep(10); }
void on_timer(error_code) {
  usleep(1); // warn: "usleep"
}
void elsewhere();

class Server : public std::enable_shared_from_this<Server> {
  asio::steady_timer timer_;
  tcp::acceptor acceptor_;
  asio::strand<asio::any_io_executor> strand_;

public:
  explicit Server(asio::io_context &context)
      : timer_(context), acceptor_(context), strand_(asio::make_strand(context.get_executor())) {}

  void accept() {
    acceptor_.async_accept([this](error_code error, tcp::socket) {
      if (error)
        return;
      hash(); // warn: "hash"
      accept();
    });
  }
  void wait() {
    timer_.expires_after(1s);
    timer_.async_wait([self = shared_from_this()](error_code) {
      usleep(1); // warn: "usleep"
      self->wait();
    });
  }
  void on_strand() {
    asio::post(strand_, [] { usleep(2); });                                            // warn: "usleep"
    asio::dispatch(asio::bind_executor(strand_, [] { usleep(3); }));                   // warn: "usleep"
    timer_.async_wait(asio::bind_executor(strand_, [](error_code) { usleep(4); }));    // warn: "usleep"
  }
  void by_name() {
    timer_.async_wait(on_timer);
    timer_.async_wait(&on_timer);
    auto handler = [](error_code) {
      usleep(5); // warn: "usleep"
    };
    timer_.async_wait(handler);
  }
  void signals(asio::signal_set &set) {
    set.async_wait([](error_code, int) { hash(); }); // warn: "hash"
  }
};

awaitable<void> spawned_lambda(asio::io_context &context) {
  asio::co_spawn(
      context,
      []() -> awaitable<void> {
        usleep(1); // warn: "usleep"
        co_return;
      },
      asio::detached);
  asio::co_spawn(context, spawned_lambda(context), [](std::exception_ptr) { usleep(2); }); // warn: "usleep"
  co_return;
}

// --- silent -----------------------------------------------------------------------------------------------------

void pools(asio::thread_pool &pool, asio::io_context &context) {
  auto executor = pool.get_executor();
  asio::post(executor, [] { usleep(1); });
  asio::post(pool, hash);
  asio::defer(pool, [] { hash(); });
  asio::post(context, elsewhere);
  auto work = asio::make_work_guard(context);
}

// Handlers that ordinary code keeps for a callback of its own: the finding is where the blocking is.
template <class Handler> void reply(tcp::socket &socket, Handler handler) {
  auto data = std::make_shared<std::array<char, 2>>();
  asio::async_read(socket, asio::buffer(*data), [data, handler](error_code error, std::size_t) {
    handler(error); // ok: said below
    if (error)
      handler(error); // ok
  });
}
void connect(tcp::socket &socket) {
  reply(socket, [](error_code) {
    usleep(6); // warn: "usleep"
  });
  auto here = [](auto each) { each(); };
  here([] { usleep(7); }); // ok: at once, and this is no callback
}

// What was asked for is there.
class Peer {
  tcp::socket socket_;
  std::array<char, 64> data_;

public:
  void start() {
    asio::async_read(socket_, asio::buffer(data_, 2), [this](error_code, std::size_t) { more(); });
  }
  void more() {
    error_code error;
    const std::size_t waiting = socket_.available(error);
    if (waiting >= 8)
      asio::read(socket_, asio::buffer(data_, 8), error); // ok
  }
};
void greedy(tcp::socket &socket, std::array<char, 64> &data) {
  asio::async_read(socket, asio::buffer(data, 2), [&](error_code error, std::size_t) {
    asio::read(socket, asio::buffer(data, 8), error); // warn: "read"
  });
}
