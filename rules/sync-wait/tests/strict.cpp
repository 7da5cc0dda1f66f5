// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ordinary functions that return a task and wait for another one on the way.
#include "seastar.hpp"

#include <stdexcept>

using seastar::future;
future<bool> isValid(int key);
future<int> load(int key);

future<int> checked(int key) {
  if (!isValid(key).get()) // warn: "inside 'checked', which returns a task itself"
    throw std::invalid_argument("key");
  return load(key);
}

future<int> chained(int key) {
  return isValid(key).then_wrapped([key](future<bool> valid) {
    return valid.get() ? load(key) : load(0); // ok: it is ready
  });
}

future<int> asked(int key) {
  auto valid = isValid(key);
  if (valid.available())
    return load(valid.get() ? key : 0); // ok
  return load(key);
}

int inTheThread(int key) { return load(key).get(); } // ok: nobody says where it runs
