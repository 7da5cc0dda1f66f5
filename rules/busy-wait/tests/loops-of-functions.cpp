// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops that a function of the library runs.
#include "seastar.hpp"

#include <chrono>

using seastar::future;
using namespace std::chrono_literals;

class Shipper {
  bool done_ = false;
  int left_ = 3;
  future<> send();

public:
  void finish() { done_ = true; }
  future<> settle() {
    return seastar::do_until([this] { return done_; }, [] { return seastar::sleep(10ms); }); // warn: "'done_' is polled between pauses"
  }
  future<> settle_in_coroutine() {
    co_await seastar::do_until([this] { return done_; }, []() -> future<> { co_await seastar::sleep(10ms); }); // warn: "'done_' is polled between pauses"
  }
  future<> works() {
    return seastar::do_until([this] { return left_ == 0; }, [this] { // ok: its turns do the work
      --left_;
      return send();
    });
  }
  future<> slow() {
    return seastar::do_until([this] { return --left_ == 0; }, [] { return seastar::sleep(10ms); }); // ok: a number of pauses
  }
};
