// flags: -std=c++20 -Itest/support/mock
// options: async-blocking-call.MaxChain=2
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No chains longer than asked for.
#include "acme.hpp"

#include <unistd.h>

void one() { usleep(1); }
void two() { one(); }
void three() { two(); }

acme::Deferred<> calls() {
  usleep(1); // warn: "usleep"
  one();     // warn: "one"
  three();   // ok: too far
  co_return;
}
