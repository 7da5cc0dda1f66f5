// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A chat server on the real Boost.Asio: sessions, rooms, timeouts, graceful stop, a worker pool. Nothing here is wrong.
#include <boost/asio.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <chrono>
#include <deque>
#include <exception>
#include <iostream>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace asio = boost::asio;
using asio::awaitable;
using asio::co_spawn;
using asio::detached;
using asio::use_awaitable;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace chat {

class Participant {
public:
  virtual ~Participant() = default;
  virtual void deliver(const std::string &line) = 0;
};

class Room {
public:
  void join(std::shared_ptr<Participant> participant) {
    for (const auto &line : recent_)
      participant->deliver(line);
    participants_.insert(std::move(participant));
  }
  void leave(const std::shared_ptr<Participant> &participant) { participants_.erase(participant); }
  void deliver(const std::string &line) {
    recent_.push_back(line);
    while (recent_.size() > 100)
      recent_.pop_front();
    for (const auto &participant : participants_)
      participant->deliver(line);
  }

private:
  std::set<std::shared_ptr<Participant>> participants_;
  std::deque<std::string> recent_;
};

class Session : public Participant, public std::enable_shared_from_this<Session> {
public:
  Session(tcp::socket socket, Room &room)
      : socket_(std::move(socket)), wake_(socket_.get_executor()), room_(room) {
    wake_.expires_at(std::chrono::steady_clock::time_point::max());
  }

  void start() {
    room_.join(shared_from_this());
    co_spawn(socket_.get_executor(), [self = shared_from_this()] { return self->reader(); }, detached);
    co_spawn(socket_.get_executor(), [self = shared_from_this()] { return self->writer(); }, detached);
  }
  void deliver(const std::string &line) override {
    outgoing_.push_back(line);
    wake_.cancel_one();
  }

private:
  awaitable<void> reader() {
    try {
      for (std::string buffer;;) {
        std::size_t length =
            co_await asio::async_read_until(socket_, asio::dynamic_buffer(buffer, 1024), "\n", use_awaitable);
        room_.deliver(buffer.substr(0, length));
        buffer.erase(0, length);
      }
    } catch (const std::exception &) {
      stop();
    }
  }

  awaitable<void> writer() {
    try {
      while (socket_.is_open()) {
        if (outgoing_.empty()) {
          boost::system::error_code ignored;
          co_await wake_.async_wait(asio::redirect_error(use_awaitable, ignored));
        } else {
          std::string line = std::move(outgoing_.front());
          outgoing_.pop_front();
          co_await asio::async_write(socket_, asio::buffer(line), use_awaitable);
        }
      }
    } catch (const std::exception &) {
      stop();
    }
  }

  void stop() {
    room_.leave(shared_from_this());
    socket_.close();
    wake_.cancel();
  }

  tcp::socket socket_;
  asio::steady_timer wake_;
  Room &room_;
  std::deque<std::string> outgoing_;
};

awaitable<void> listen(tcp::acceptor acceptor) {
  Room room;
  for (;;) {
    auto socket = co_await acceptor.async_accept(use_awaitable);
    std::make_shared<Session>(std::move(socket), room)->start();
  }
}

std::size_t checksum(const std::string &text);

awaitable<std::size_t> checked(asio::thread_pool &pool, std::string text) {
  std::size_t sum = co_await co_spawn(
      pool, [text = std::move(text)]() -> awaitable<std::size_t> { co_return checksum(text); }, use_awaitable);
  co_return sum;
}

awaitable<bool> connect_in_time(std::string host) {
  using namespace asio::experimental::awaitable_operators;
  auto executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  tcp::socket socket(executor);
  asio::steady_timer timer(executor, 2s);
  auto endpoints = co_await resolver.async_resolve(host, "7000", use_awaitable);
  auto winner =
      co_await (asio::async_connect(socket, endpoints, use_awaitable) || timer.async_wait(use_awaitable));
  co_return winner.index() == 0;
}

} // namespace chat

int main() {
  try {
    asio::io_context context(1);
    asio::thread_pool pool(2);
    asio::signal_set signals(context, 2, 15);
    signals.async_wait([&](auto, auto) { context.stop(); });
    co_spawn(context, chat::listen(tcp::acceptor(context, {tcp::v4(), 7000})), detached);
    co_spawn(context, chat::checked(pool, "hello"), [](std::exception_ptr error, std::size_t sum) {
      if (!error)
        std::cout << sum << '\n';
    });
    co_spawn(context, chat::connect_in_time("localhost"), [](std::exception_ptr, bool) {});
    context.run();
    pool.join();
  } catch (const std::exception &error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}
