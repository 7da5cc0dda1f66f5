// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocking locks over the awaits of folly, cppcoro and Seastar.
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"
#include "tidal.hpp"

#include <chrono>
#include <mutex>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
namespace coro = folly::coro;

std::mutex mutex;
void compute();

coro::Task<int> folly_load(int key);
coro::Task<void> with_folly(coro::Baton &baton) {
  std::lock_guard guard(mutex);
  co_await coro::sleep(1ms);                                  // warn: "guard"
  auto [a, b] = co_await coro::collectAll(folly_load(1), folly_load(2)); // warn: "guard"
  co_await baton;                                             // warn: "guard"
  auto *executor = co_await coro::co_current_executor;        // ok: never suspends
  (void)executor;
}
coro::AsyncGenerator<int> folly_rows() {
  std::unique_lock lock(mutex);
  co_yield 1; // warn: "lock"
}
cppcoro::task<> with_cppcoro(cppcoro::static_thread_pool &pool) {
  std::scoped_lock lock(mutex);
  co_await pool.schedule(); // warn: "lock"
  compute();
}
seastar::future<> with_seastar() {
  std::lock_guard guard(mutex);
  co_await seastar::sleep(1ms);                  // warn: "guard"
  co_await seastar::coroutine::maybe_yield();    // warn: "guard"
}
tidal::task<> with_unknown(tidal::event_loop &loop) {
  std::lock_guard guard(mutex);
  co_await loop.schedule();             // warn: "guard"
  co_await tidal::sleep_for(1ms);       // warn: "guard"
}
