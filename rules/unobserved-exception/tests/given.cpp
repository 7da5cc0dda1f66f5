// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Continuations that are given the task itself.
#include "seastar.hpp"

#include <exception>
#include <utility>

using seastar::future;

future<> save(int key);
void log(std::exception_ptr error);
void check(bool holds);
#define REQUIRE(condition) check(condition)

struct Writer {
  bool broken = false;
  void asks() {
    (void)save(1).then_wrapped([this](future<> done) {
      broken |= done.failed(); // warn: "'done' is only asked whether it failed"
    });
  }
  void asks_any() {
    (void)save(1).then_wrapped([this](auto done) {
      broken |= done.failed(); // warn: "'done' is only asked whether it failed"
    });
  }
  void ignores() {
    (void)save(1).then_wrapped([this](future<> done) {
      broken |= done.failed();
      done.ignore_ready_future(); // ok
    });
  }
  void reads() {
    (void)save(1).then_wrapped([](future<> done) {
      if (done.failed())
        log(done.get_exception()); // ok
    });
  }
  future<> returns() {
    return save(1).then_wrapped([this](future<> done) {
      broken |= done.failed();
      return done; // ok
    });
  }
  void hands_on() {
    (void)save(1).then_wrapped([this](future<> done) {
      broken |= done.failed();
      return save(2).then([done = std::move(done)]() mutable { return std::move(done); }); // ok
    });
  }
  void asserts() {
    (void)save(1).then_wrapped([](future<> done) {
      REQUIRE(!done.failed()); // ok
    });
  }
  void never_looks() {
    (void)save(1).then_wrapped([](future<>) {}); // ok: for strict
  }
};
