// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops with sleeps that do not poll a state of the program.
#include "acme.hpp"
#include "folly.hpp"

#include <atomic>
#include <chrono>
#include <string>

namespace coro = folly::coro;
using namespace std::chrono_literals;

struct Device {
  bool exists() const;
  bool ready() const;
  int poll();
  bool try_open();
};
struct Deadline {
  bool expired() const;
};
bool file_there(const std::string &path);
void tick();

coro::Task<void> paced(Device &device, Deadline deadline, std::atomic<int> &pending, std::string path) {
  while (!device.exists()) // ok: outside the program
    co_await coro::sleep(1s);
  while (!file_there(path)) // ok: outside the program
    co_await coro::sleep(1s);
  while (!device.try_open()) // ok: an attempt, not a question
    co_await coro::sleep(1s);
  while (!deadline.expired()) // ok: time passes by itself
    co_await coro::sleep(10ms);
  auto delay = 1ms;
  while (!device.ready()) { // ok: backs off
    co_await coro::sleep(delay);
    delay *= 2;
  }
  for (int i = 0; i < 10 && !device.ready(); ++i) // ok: bounded
    co_await coro::sleep(10ms);
  int left = 3;
  while (left-- > 0) // ok: counts
    co_await coro::sleep(10ms);
  while (true) { // ok: periodic
    tick();
    co_await coro::sleep(1s);
  }
  while (pending.load() > 0) // warn: "pending.load() > 0"
    co_await coro::sleep(1ms);
}
acme::Deferred<> gives_way(acme::Signal &signal, acme::Latch &latch) {
  while (!signal.raised()) // ok: awaits the event itself
    co_await signal;
  while (!signal.raised()) // ok: takes the lock in turns
    co_await latch.acquire();
}

struct SpinLock {
  std::atomic<bool> taken{false};
  coro::Task<void> lock() {
    while (taken.exchange(true))
      while (taken.load()) // ok: the point of a spin lock
        co_await coro::sleep(1ms);
  }
};
