// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Seastar: an abortable wait is no cleanup, whatever its name begins with.
#include "seastar.hpp"

#include <chrono>

using namespace seastar;
using namespace std::chrono_literals;

class Janitor {
public:
  future<> endless() {
    while (true) {
      try {
        co_await sleep_abortable(1s, abort_);
      } catch (...) { // warn: "takes the cancellation of 'sleep_abortable(1s, abort_)'"
        ++rounds_;
      }
    }
  }
  future<> asks() {
    while (!abort_.abort_requested()) {
      try {
        co_await sleep_abortable(1s, abort_);
      } catch (...) { // ok: the loop asks
        ++rounds_;
      }
    }
  }
  future<> once() {
    try {
      co_await sleep_abortable(1s, abort_);
    } catch (...) { // ok by default: each operation is cancelled by itself
      ++rounds_;
    }
    co_await sweep();
  }

private:
  future<> sweep();
  abort_source abort_;
  int rounds_ = 0;
};
