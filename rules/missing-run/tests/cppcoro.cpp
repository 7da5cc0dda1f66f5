// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// cppcoro: tasks, schedules and joins that nothing awaits.
#include "cppcoro.hpp"

#include <utility>

cppcoro::task<> serve(cppcoro::io_service &service);
cppcoro::task<int> load(int key);
cppcoro::shared_task<int> config();

void setup(cppcoro::io_service &service, cppcoro::static_thread_pool &pool) {
  serve(service);                              // warn: "serve"
  config();                                    // warn: "config"
  cppcoro::schedule_on(pool, load(1));         // warn: "schedule_on"
  cppcoro::when_all(load(2), load(3));         // warn: "when_all"
  auto later = load(4);                        // warn: "load"
}

int main() {
  cppcoro::io_service service;
  auto server = serve(service); // warn: "serve"
  cppcoro::sync_wait(cppcoro::when_all(
      serve(service), [&]() -> cppcoro::task<> {
        service.process_events();
        co_return;
      }()));
  int value = cppcoro::sync_wait(load(1));
  value += cppcoro::sync_wait(config());
  cppcoro::async_scope scope;
  scope.spawn(serve(service));
  cppcoro::sync_wait(scope.join());
  return value;
}
