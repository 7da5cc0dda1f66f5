// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions that are thrown because a flag of the user asks for the end.
#include "acme.hpp"

#include <exception>

using acme::Deferred;

struct Stopped : std::exception {};
struct Missing : std::exception {};
class StopFlag {
public:
  bool requested() const;
  void check() const {
    if (requested())
      throw Stopped();
  }
};
class Options {
public:
  bool empty() const;
};
void log(const char *text);

Deferred<> pause(const StopFlag &flag) {
  flag.check();
  co_await acme::pause_for(acme::Millis(10));
}
Deferred<> endless(const StopFlag &flag) {
  for (;;) {
    try {
      co_await pause(flag);
    } catch (...) { // warn: "catch (...)"
      log("again");
    }
  }
}
Deferred<> ends(const StopFlag &flag) {
  for (;;) {
    try {
      co_await pause(flag);
    } catch (const Stopped &) {
      throw;
    } catch (...) { // ok
      log("again");
    }
  }
}
Deferred<> asked(const StopFlag &flag) {
  while (!flag.requested()) {
    try {
      co_await pause(flag);
    } catch (...) { // ok: the loop asks whether to go on
      log("again");
    }
  }
}
Deferred<> other(const Options &options) {
  if (options.empty())
    throw Missing();
  for (;;) {
    try {
      co_await acme::pause_for(acme::Millis(10));
    } catch (const Missing &) { // ok: says nothing of the end
      log("again");
    }
  }
}
