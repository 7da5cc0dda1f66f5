// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Chains that are given away and see to their own errors.
#include "seastar.hpp"

#include <exception>
#include <functional>

seastar::future<> serve(int port);
seastar::future<int> count(int port);
void report(std::exception_ptr error);
void run(std::function<void()> main);

seastar::future<> plain() { return serve(1); }
seastar::future<> careful() {
  return serve(1).handle_exception([](std::exception_ptr error) { report(error); });
}

void starts(bool quiet) {
  run([] { return serve(1); }); // warn: "function<void"
  run([] { return serve(1).then([] { return serve(2); }); }); // warn: "function<void"
  run(plain); // warn: "function<void"
  run(careful); // ok: it runs on, and reports what goes wrong
  run([] { return serve(1).handle_exception([](std::exception_ptr error) { report(error); }); }); // ok
  run([] {
    return serve(1).then_wrapped([](seastar::future<> done) {
      try {
        done.get();
      } catch (...) {
        report(std::current_exception());
      }
    });
  }); // ok
  run([quiet] { // warn: "function<void"
    if (quiet)
      return serve(1);
    return serve(2).handle_exception([](std::exception_ptr error) { report(error); });
  });
  run([] { return count(1).handle_exception([](std::exception_ptr) { return 0; }); }); // warn: "function<void"
}
