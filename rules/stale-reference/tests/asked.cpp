// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References from functions that look each time whether there is something, or that make or find it.
#include "cppcoro.hpp"

#include <optional>
#include <stdexcept>
#include <string>

struct Stream {
  cppcoro::task<> write(std::string bytes);
  void abort();
};
struct Request {
  int id = 0;
  std::string key;
};
struct Generator {
  virtual ~Generator() = default;
  virtual const Request &next(unsigned pool, int last);
  virtual Stream &stream();
  virtual const Request &find(int id) const;
};
cppcoro::task<> work(int id);

class Body {
  Stream *stream_ = nullptr;
  Stream always_;
  Generator *requests_ = nullptr;

  Stream &stream() {
    if (stream_)
      return *stream_;
    throw std::runtime_error("the stream is gone");
  }
  Stream &always() { return always_; }
  Stream &either() {
    if (stream_)
      return *stream_;
    return always_;
  }

public:
  cppcoro::task<> pump() {
    auto &stream = this->stream();
    co_await work(1);
    stream.abort(); // warn: "'stream' is what 'stream' has handed out before a suspension"
  }
  cppcoro::task<> requests() {
    int last = 0;
    const auto &request = requests_->next(1, last);
    co_await work(request.id);
    last = request.id; // warn: "'request' is what 'next' has handed out"
  }

  // --- silent ---------------------------------------------------------------------------------------------------

  cppcoro::task<> asks_again() {
    stream().abort();
    co_await work(1);
    stream().abort();
  }
  cppcoro::task<> before() {
    auto &stream = this->stream();
    stream.abort();
    co_await work(1);
  }
  cppcoro::task<> after() {
    co_await work(1);
    auto &stream = this->stream();
    stream.abort();
  }
  cppcoro::task<> own() {
    auto &stream = always();
    co_await work(1);
    stream.abort();
  }
  cppcoro::task<> one_or_the_other() {
    auto &stream = either();
    co_await work(1);
    stream.abort();
  }
  cppcoro::task<> of_the_object() {
    auto &stream = requests_->stream();
    co_await work(1);
    stream.abort();
  }
  cppcoro::task<> looked_up() {
    const auto &request = requests_->find(1);
    co_await work(1);
    co_await work(request.id);
  }
  cppcoro::task<> copied() {
    const auto request = requests_->next(1, 2);
    co_await work(1);
    co_await work(request.id);
  }
};
