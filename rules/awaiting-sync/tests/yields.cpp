// flags: -std=c++20 -Itest/support/mock
// options: async-blocking-call.AllowedCallees=allowed=measured
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where async-blocking-call speaks about the call, nothing is said about the coroutine; elsewhere it is.
#include "acme.hpp"

#include <chrono>
#include <thread>

using acme::Deferred;
using namespace std::chrono_literals;

void allowed() { std::this_thread::sleep_for(1s); }

Deferred<> waits() { // ok: said below
  std::this_thread::sleep_for(1s); // warn: [async-blocking-call] "sleep_for"
  co_return;
}
Deferred<> calls_what_is_allowed() { // warn: "calls_what_is_allowed"
  allowed();
  co_return;
}
