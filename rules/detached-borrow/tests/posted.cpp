// flags: -std=c++20
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Work that is posted: what keeps its object, and what keeps what it refers to?
#include <boost/asio.hpp>
#include <boost/asio/spawn.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>

struct Queue {
  void post(std::function<void()> &&task) const;
  void runAsync(int priority, std::function<void()> task);
  void each(std::function<void()> task);
  void start(std::function<void(bool)> &&told);
  void onClosed(const std::function<void()> &handler);
  void runInLoop(std::function<void()> &&task);
  void postAtOnce(std::function<void()> task) { task(); }
};

class Window : public std::enable_shared_from_this<Window> {
  Queue queue_;
  std::string title_;
  std::string reason_;
  std::function<void(const std::string &)> closed_;
  boost::asio::io_context &loop_;

public:
  void retitle() {
    queue_.runAsync(1, [this] { title_ = "new"; }); // warn: "this handler uses 'this'"
  }
  void serve(std::string message) {
    boost::asio::spawn(loop_, [this, message](boost::asio::yield_context) { title_ = message; }); // warn: "this handler uses 'this'"
  }
  void run_in_loop() {
    queue_.runInLoop([=] { title_ = "new"; }); // warn: "this handler uses 'this'"
  }
  void posted_to_loop() {
    boost::asio::post(loop_, [this] { title_ = "new"; }); // warn: "this handler uses 'this'"
  }
  void bound(boost::asio::ip::tcp::socket &socket) {
    socket.async_wait(boost::asio::ip::tcp::socket::wait_read, std::bind(&Window::onRead, this, std::placeholders::_1)); // warn: "this handler uses 'this'"
    socket.async_wait(boost::asio::ip::tcp::socket::wait_read, std::bind(&Window::onRead, shared_from_this(), std::placeholders::_1));
  }
  void onRead(const boost::system::error_code &error);
  void close() {
    auto self = shared_from_this();
    self->queue_.post([closed = std::move(self->closed_), &reason = self->reason_] { closed(reason); }); // warn: "what only 'self' keeps alive"
  }

  // --- silent ---------------------------------------------------------------------------------------------------

  void retitle_kept() {
    queue_.runAsync(1, [this, self = shared_from_this()] { title_ = "new"; });
  }
  void retitle_weak() {
    queue_.runAsync(1, [this, weak = weak_from_this()] {
      if (auto self = weak.lock())
        title_ = "new";
    });
  }
  void serve_kept(std::string message) {
    boost::asio::spawn(loop_, [this, self = shared_from_this(), message](boost::asio::yield_context) { title_ = message; });
  }
  void at_once() {
    queue_.postAtOnce([this] { title_ = "new"; });
  }
  void watch() {
    queue_.each([this] { title_ = "new"; }); // its name does not say when
  }
  void close_kept() {
    auto self = shared_from_this();
    self->queue_.post([self, &reason = self->reason_] { self->closed_(reason); });
  }
};

class Plain {
  Queue queue_;
  int count_ = 0;

public:
  void more() {
    queue_.post([this] { ++count_; }); // nobody shares it, for all that is known
  }
};

struct Context {
  int started = 0;
};
void starts(Queue &queue) {
  auto context = std::make_shared<Context>();
  queue.start([&context](bool is_started) { context->started += is_started; }); // warn: "what only 'context' keeps alive"
}
void starts_kept(Queue &queue) {
  auto context = std::make_shared<Context>();
  queue.start([context](bool is_started) { context->started += is_started; });
}
void called_at_once(Queue &queue, std::vector<int> &values) {
  auto context = std::make_shared<Context>();
  std::for_each(values.begin(), values.end(), [&context](int value) { context->started += value; });
  queue.postAtOnce([&context] { ++context->started; });
}
