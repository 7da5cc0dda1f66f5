// flags: -std=c++20 -Itest/support/mock
// profile: strict
// options: async-blocking-call.AllowedCallees=std::this_thread::sleep_for=so_that_awaiting-sync_speaks
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Rules that say more about a coroutine without awaits.
#include "acme.hpp"

#include <chrono>
#include <thread>

using acme::Deferred;

Deferred<int> load(int key);

Deferred<> waits() { // warn: [async-awaiting-sync] "waits"
  std::this_thread::sleep_for(std::chrono::seconds(1));
  co_return;
}
Deferred<Deferred<int>> nested(int key) { // warn: [async-nested-task] "nested"
  co_return load(key);
}
Deferred<int> constant() { // warn: "constant"
  co_return 1;
}
