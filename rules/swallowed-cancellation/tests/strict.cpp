// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Libraries whose errors are values of one class: cancellation may be one of them.
#include "acme.hpp"

using acme::Deferred;

struct Error {
  int code() const;
};
Deferred<int> load(int id);
Deferred<> wait_for(Error error);
void use(int value);

Deferred<> endless() {
  while (true) {
    Error last;
    try {
      use(co_await load(1));
    } catch (Error &error) { // warn: "this handler takes every 'Error' and the loop goes on"
      last = error;
    }
    co_await wait_for(last);
  }
}
Deferred<> looks() {
  while (true) {
    try {
      use(co_await load(1));
    } catch (Error &error) { // ok: it looks which
      if (error.code() == 1101)
        throw;
    }
  }
}
Deferred<> ends() {
  while (true) {
    try {
      use(co_await load(1));
    } catch (Error &error) { // ok: the loop is left
      break;
    }
  }
}
Deferred<> three() {
  for (int i = 0; i < 3; ++i) {
    try {
      use(co_await load(i));
    } catch (Error &error) { // ok: it ends by itself
    }
  }
}
