// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Ways over a handler to the end of a coroutine.
#include "acme.hpp"

#include <exception>

using acme::Deferred;
Deferred<int> load(int key);
void log(const char *text);

Deferred<int> over_the_handler() {
  try {
    co_return co_await load(1);
  } catch (const std::exception &error) {
    log(error.what());
  }
} // warn: "over_the_handler"

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<int> each_way() {
  try {
    co_return co_await load(1);
  } catch (const std::exception &error) {
    log(error.what());
    co_return 0;
  }
}
Deferred<int> throws_again() {
  try {
    co_return co_await load(1);
  } catch (const std::exception &error) {
    log(error.what());
    throw;
  }
}
