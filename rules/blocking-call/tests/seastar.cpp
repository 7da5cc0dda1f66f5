// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocking on a Seastar reactor: coroutines, continuations, timers, and stackful threads too.
#include "seastar.hpp"

#include <chrono>
#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;
using seastar::future;

future<> work(int key);
void compact() { std::this_thread::sleep_for(5ms); }

future<> coroutine() {
  compact();                           // warn: "compact"
  usleep(1);                           // warn: "usleep"
  co_await seastar::sleep(1ms);        // ok
}

future<> continuation() {
  return work(1).then([] {
    usleep(1); // warn: "usleep"
    return work(2);
  });
}

future<> finally() {
  return work(1).finally([] { compact(); }); // warn: "compact"
}

void timers(seastar::timer<> &timer) {
  timer.set_callback([] { usleep(1); }); // warn: "usleep"
}

future<> shards() {
  return seastar::smp::submit_to(1, [] { usleep(1); }); // warn: "usleep"
}

future<> each(std::vector<int> keys) {
  co_await seastar::coroutine::parallel_for_each(keys, [](int key) -> future<> {
    usleep(key); // warn: "usleep"
    co_return;
  });
  co_await seastar::do_for_each(keys, [](int key) {
    usleep(key); // warn: "usleep"
    return work(key);
  });
}

// A Seastar thread is a stack of its own, not a thread of its own: the reactor stops all the same.
future<> stackful() {
  return seastar::async([] {
    work(1).get(); // ok: gives way to the reactor
    usleep(1);     // warn: "usleep"
  });
}
