// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the user says about functions in attributes and annotations.
#include "acme.hpp"

#include <unistd.h>

using acme::Deferred;

void slow_query() [[clang::blocking]];
[[clang::annotate("coroguard::blocking")]] void legacy_call();
[[clang::annotate("coroguard::nonblocking")]] void cached();
void through() { slow_query(); } // note: "'slow_query' is declared blocking"

[[clang::annotate("coroguard::nonblocking")]] void on_the_hot_path() {
  usleep(1); // warn: "'on_the_hot_path', which is declared nonblocking"
}

Deferred<> coroutine() {
  slow_query();  // warn: "slow_query"
  legacy_call(); // warn: "legacy_call"
  through();     // warn: "through"
  cached();      // ok: trusted
  co_return;
}
