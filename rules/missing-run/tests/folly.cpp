// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// folly: tasks that no executor ever gets.
#include "folly.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace coro = folly::coro;

coro::Task<void> serve(int port);
coro::Task<int> load(int key);
coro::AsyncGenerator<int> rows();

struct Handler {
  coro::Task<void> handle(int id);
  void on_request(int id) { handle(id); } // warn: "handle"
  void on_timer(folly::Executor::KeepAlive<> executor) {
    handle(1).scheduleOn(executor);                    // warn: "scheduleOn"
    auto bound = handle(2).scheduleOn(executor);       // warn: "scheduleOn"
    handle(3).scheduleOn(executor).start();            // ok
    coro::co_withExecutor(executor, handle(4)).start(); // ok
    handle(5).semi().via(executor);                    // ok: a running future
  }
  folly::SemiFuture<folly::Unit> as_future(int id) { return handle(id).semi(); }
  coro::Task<void> as_task(int id) { return handle(id); }
};

void test_body() {
  serve(1);                               // warn: "serve"
  auto task = load(2);                    // warn: "load"
  coro::collectAll(load(3), load(4));     // warn: "collectAll"
  coro::co_invoke([]() -> coro::Task<void> { co_return; }); // warn: "co_invoke"
}

int main() {
  serve(80);               // warn: "serve"
  coro::blockingWait(serve(81));
  coro::AsyncScope scope;
  scope.add(coro::co_withExecutor(folly::getGlobalCPUExecutor(), serve(82)));
  coro::blockingWait(scope.joinAsync());
  auto [a, b] = coro::blockingWait(coro::collectAll(load(1), load(2)));
  std::vector<coro::Task<int>> tasks;
  tasks.push_back(load(3));
  coro::blockingWait(coro::collectAllRange(std::move(tasks)));
  return a + b;
}
