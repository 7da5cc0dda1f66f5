// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Blocking inside folly coroutines and EventBase callbacks; executors and co_invoke end or keep the context.
#include "folly.hpp"

#include <chrono>
#include <thread>
#include <unistd.h>
#include <utility>

namespace coro = folly::coro;
using namespace std::chrono_literals;

void parse() { usleep(10); }

coro::Task<void> poll_state(bool &done) {
  while (!done)
    std::this_thread::sleep_for(10ms); // warn: "sleep_for"
  parse();                             // warn: "parse"
  co_await coro::sleep(10ms);          // ok
}

coro::AsyncGenerator<int> rows() {
  usleep(1); // warn: "usleep"
  co_yield 1;
}

coro::now_task<int> now() {
  usleep(1); // warn: "usleep"
  co_return 1;
}

coro::Task<void> nested(folly::Executor::KeepAlive<> executor) {
  co_await coro::co_invoke([]() -> coro::Task<void> {
    usleep(1); // warn: "usleep"
    co_return;
  });
  co_await [](int micros) -> coro::Task<void> {
    usleep(micros); // warn: "usleep"
    co_return;
  }(5);
}

void callbacks(folly::EventBase &base) {
  base.runInEventBaseThread([] { usleep(1); }); // warn: "usleep"
  base.runInLoop([] { parse(); });              // warn: "parse"
}

void pools(folly::CPUThreadPoolExecutor &pool) {
  pool.add([] { usleep(1); });                            // ok: a thread pool
  folly::via(folly::getGlobalCPUExecutor(), [] { usleep(2); }); // ok
}

int main() {
  std::this_thread::sleep_for(1s); // ok
  return coro::blockingWait(now());
}
