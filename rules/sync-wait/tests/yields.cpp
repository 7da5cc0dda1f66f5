// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A dropped future waits in its destructor: rule discarded-spawn says so, and neither sync-wait nor blocking-call repeats it.
#include "acme.hpp"

#include <future>

using acme::Deferred;

void work();

Deferred<> dropped() {
  std::async(std::launch::async, work); // warn: [async-discarded-spawn] "waits until its work is done"
  auto kept = std::async(std::launch::async, work); // warn: [async-blocking-call] "std::async"
  co_await acme::GiveWay{};
  kept.get(); // warn: "future::get"
}
