// flags: -std=c++20
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handlers of operations that use `this`: what keeps the object until they are called?
#include <boost/asio.hpp>

#include <functional>
#include <memory>
#include <system_error>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

struct Requester {
  void send(int request, std::function<void(const std::error_code &, int)> handler);
};

class Sensor : public std::enable_shared_from_this<Sensor> {
  asio::steady_timer timer_;
  Requester &requester_;
  int value_ = 0;

public:
  void read() {
    timer_.async_wait([this](const error_code &error) { // warn: "this handler uses 'this'"
      if (!error)
        read();
    });
  }
  void ask() {
    requester_.send(1, [this](const std::error_code &, int value) { value_ = value; }); // warn: "this handler uses 'this'"
  }
  void ask_kept() {
    requester_.send(1, [this, self = shared_from_this()](const std::error_code &, int value) { value_ = value; }); // ok
  }
  void ask_weak() {
    requester_.send(1, [this, weak = weak_from_this()](const std::error_code &, int value) { // ok
      if (auto self = weak.lock())
        value_ = value;
    });
  }
  void ask_other(std::shared_ptr<Requester> other) {
    other->send(1, [this, other](const std::error_code &, int value) { value_ = value; }); // warn: "this handler uses 'this'"
  }
  void told(std::function<void(int)> handler);
  void watch() {
    told([this](int value) { value_ = value; }); // ok: no handler of an operation
  }
};

// Nobody shares it: its own operations end with it, those of others go on.
class Panel {
  asio::steady_timer timer_;
  std::unique_ptr<Requester> own_;
  Requester *requester_;
  int value_ = 0;

public:
  void read() {
    timer_.async_wait([this](const error_code &error) { // ok
      if (!error)
        read();
    });
  }
  void ask() {
    requester_->send(1, [this](const std::error_code &, int value) { value_ = value; }); // warn: "this handler uses 'this'"
  }
  void ask_own() {
    own_->send(1, [this](const std::error_code &, int value) { value_ = value; }); // ok
  }
};
