// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futures that are there already, and some that are not.
#include "acme.hpp"

#include <chrono>
#include <future>

using acme::Deferred;
using namespace std::chrono_literals;
std::future<int> start(int key);
int work();

Deferred<int> asked(std::future<int> future) {
  while (future.wait_for(0s) != std::future_status::ready)
    co_await acme::pause_for(1ms);
  co_return future.get(); // ok
}
Deferred<int> asked_early(std::future<int> future) {
  if (future.wait_for(0ms) != std::future_status::ready)
    co_return 0;
  co_return future.get(); // ok
}
Deferred<int> left_if_ready(std::future<int> future) {
  if (future.wait_for(0s) == std::future_status::ready)
    co_return future.get(); // ok
  co_return future.get() + 1; // warn: "get"
}
Deferred<int> goes_on_if_late(std::future<int> future) {
  if (future.wait_for(0s) == std::future_status::timeout)
    co_await acme::pause_for(1ms);
  co_return future.get(); // warn: "get"
}
Deferred<int> waits_if_late(std::future<int> future) {
  if (!(future.wait_for(0s) == std::future_status::ready))
    co_return future.get(); // warn: "get"
  co_return 0;
}
Deferred<int> either_way(std::future<int> future) {
  if (future.wait_for(0s) != std::future_status::ready)
    co_await acme::pause_for(1ms);
  else
    co_return future.get(); // ok
  co_return 0;
}
Deferred<int> another(std::future<int> first, std::future<int> second) {
  if (first.wait_for(0s) == std::future_status::ready)
    co_return second.get(); // warn: "get"
  co_return 0;
}
Deferred<int> waited(std::future<int> future) {
  future.wait_for(5s); // warn: "wait_for"
  co_return 0;
}
Deferred<int> set_later() {
  std::promise<int> promise;
  auto future = promise.get_future();
  int value = future.get(); // warn: "get"
  promise.set_value(1);
  co_return value;
}
Deferred<int> set_before() {
  std::promise<int> promise;
  auto future = promise.get_future();
  promise.set_value(1);
  co_return future.get(); // ok
}

Deferred<> dropped() {
  std::async(std::launch::async, work); // warn: [async-discarded-spawn] "std::async"
  std::async(std::launch::deferred, work); // ok: never runs
  auto kept = std::async(std::launch::async, work);
  co_return;
}

#define CHECK_TRUE(condition)                                                                                          \
  if (bool holds = (condition); !holds)                                                                                \
  fail(#condition)
void fail(const char *text);
bool is_ready(const std::future<int> &future);
Deferred<int> asserted(std::future<int> future) {
  co_await acme::pause_for(1ms);
  CHECK_TRUE(future.wait_for(0s) == std::future_status::ready);
  co_return future.get(); // ok: a test that looks first
}

class Refresher {
  std::future<int> running_;
  std::future<int> other_;

public:
  Deferred<int> next() {
    co_await acme::pause_for(1ms);
    const bool active = running_.valid();
    if (active && running_.wait_for(0s) == std::future_status::ready)
      co_return running_.get(); // ok: a member that was asked
    co_return other_.get(); // warn: "get"
  }
};

// Awaited through an object that was given the future.
struct Watcher {
  void watch(std::future<int> &future);
  Deferred<> finished();
};
Deferred<int> watched(std::future<int> future) {
  Watcher watcher;
  watcher.watch(future);
  co_await watcher.finished();
  co_return future.get(); // ok
}
Deferred<int> watched_only(std::future<int> future) {
  Watcher watcher;
  watcher.watch(future);
  co_return future.get(); // warn: "get"
}
