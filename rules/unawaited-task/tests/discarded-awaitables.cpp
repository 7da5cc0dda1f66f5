// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Awaitables that are no tasks: a dropped sleep never sleeps, a dropped lock is never taken.
#include "acme.hpp"
#include "borealis.hpp"

using acme::Deferred;
using namespace std::chrono_literals;

void compute();

Deferred<> sleeps() {
  acme::pause_for(10ms);                 // warn: "pause_for"
  co_await acme::pause_for(10ms);        // ok
  auto pause = acme::pause_for(5ms);     // ok: awaited below
  co_await pause;
}

Deferred<> locks(acme::Latch &latch) {
  latch.acquire(); // warn: "acquire"
  compute();
  auto held = co_await latch.acquire(); // ok
  compute();
}

Deferred<> guard_that_is_none(acme::Latch &latch) {
  auto guard = latch.acquire(); // warn: "acquire"
  compute();
  co_return;
}

Deferred<> hops(acme::Workers &workers) {
  workers.enter(); // warn: "enter"
  compute();
  co_await workers.leave(); // ok
}

borealis::Job<void> naps() {
  borealis::nap(5ms);          // warn: "nap"
  co_await borealis::nap(5ms); // ok
}

borealis::Job<void> gate(borealis::Gatekeeper &keeper) {
  auto pass = keeper.Enter(); // warn: "Enter"
  compute();
  co_return;
}

borealis::Job<void> gate_taken(borealis::Gatekeeper &keeper) {
  auto pass = co_await keeper.Enter(); // ok
  compute();
}

// An event is awaitable, but calling for a reference to one drops nothing.
struct Device {
  acme::Signal &ready();
  acme::Signal &&moved();
};
Deferred<> references(Device &device) {
  device.ready(); // ok
  co_await device.ready();
}
