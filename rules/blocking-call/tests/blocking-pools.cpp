// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops that a class makes for itself to have somewhere to block, and loops that do other work too.
#include <boost/asio.hpp>

#include <functional>
#include <memory>
#include <thread>
#include <unistd.h>

namespace asio = boost::asio;

class Executor {
  asio::io_context context_;

public:
  void start();
  void stop() { context_.stop(); }
  template <class Work> void post(Work &&work) { asio::post(context_, std::forward<Work>(work)); }
};
class Executors {
  std::shared_ptr<Executor> one_ = std::make_shared<Executor>();

public:
  explicit Executors(int) {}
  std::shared_ptr<Executor> get() { return one_; }
};
void use(int value);
int fetch(int what) {
  usleep(1000);
  return what;
}

// All that it gives to its own executors blocks: that is what they are for.
class Lookup : public std::enable_shared_from_this<Lookup> {
  std::shared_ptr<Executors> own_;

  void named(int what) { use(fetch(what)); }

public:
  explicit Lookup(int what) : own_(std::make_shared<Executors>(1)) { use(what); }
  void first() {
    own_->get()->post([self = shared_from_this()] { use(fetch(1)); }); // ok
  }
  void second() {
    own_->get()->post(std::bind(&Lookup::named, this, 2)); // ok
  }
  void third() {
    own_->get()->post([] { usleep(1000); }); // ok
  }
  void close() { own_->get()->stop(); }
};

// The executors come from elsewhere: others use them too.
class Borrower {
  std::shared_ptr<Executors> theirs_;

public:
  explicit Borrower(std::shared_ptr<Executors> executors) : theirs_(std::move(executors)) {}
  void first() {
    theirs_->get()->post([] { use(fetch(1)); }); // warn: "fetch"
  }
};

// It does other work as well, which has to wait meanwhile.
class Mixed {
  std::shared_ptr<Executors> own_;

public:
  Mixed() : own_(std::make_shared<Executors>(1)) {}
  void first() {
    own_->get()->post([] { use(fetch(1)); }); // warn: "fetch"
  }
  void second() {
    own_->get()->post([] { use(2); }); // ok
  }
};

// It is handed out.
class Sharer {
  std::shared_ptr<Executors> own_;

public:
  Sharer() : own_(std::make_shared<Executors>(1)) {}
  std::shared_ptr<Executors> executors() { return own_; }
  void first() {
    own_->get()->post([] { use(fetch(1)); }); // warn: "fetch"
  }
};

// A plain loop with a thread of the class's own.
class Clock {
  asio::io_context loop_;
  std::thread thread_;

public:
  Clock() : loop_() {
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~Clock() {
    loop_.stop();
    thread_.join();
  }
  void sync() {
    asio::post(loop_, [] { use(fetch(3)); }); // ok
  }
};
