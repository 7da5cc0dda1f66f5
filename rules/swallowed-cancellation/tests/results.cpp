// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results that a handler leaves as they were.
#include "folly.hpp"

#include <exception>
#include <string>

namespace coro = folly::coro;

void log(const char *what);
coro::Task<int> load(int key);

coro::Task<int> stays_blank(int key) {
  int found = 0;
  try {
    found = co_await load(key);
  } catch (const std::exception &error) { // warn: "std::exception"
    log(error.what());
  }
  co_return found;
}
coro::Task<bool> tells(int key) {
  bool done = false;
  try {
    co_await load(key);
    done = true;
  } catch (const std::exception &error) { // ok: the result tells
    log(error.what());
  }
  co_return done;
}
coro::Task<int> adds_up(int last) {
  int sum = 0;
  try {
    for (int key = 0; key < last; ++key)
      sum += co_await load(key);
  } catch (const std::exception &error) { // ok: how far it came
    log(error.what());
  }
  co_return sum;
}
coro::Task<int> another_value(int key, int otherwise) {
  int found = otherwise;
  try {
    found = co_await load(key);
  } catch (const std::exception &error) { // ok: the caller's word
    log(error.what());
  }
  co_return found;
}
