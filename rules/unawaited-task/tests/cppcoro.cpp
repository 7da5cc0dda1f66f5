// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// cppcoro: dropped tasks, schedulers, locks and joins; and the ways cppcoro code hands them over.
#include "cppcoro.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using cppcoro::shared_task;
using cppcoro::task;

task<> save(int key);
task<int> load(int key);
task<int &> slot(int key);
shared_task<int> config();
void compute();

task<> discarded(cppcoro::static_thread_pool &pool, cppcoro::io_service &service, cppcoro::async_mutex &mutex,
                 cppcoro::async_scope &scope) {
  save(1);                                 // warn: "save"
  load(2);                                 // warn: "load"
  slot(3);                                 // warn: "slot"
  config();                                // warn: "config"
  pool.schedule();                         // warn: "schedule"
  service.schedule_after(10ms);            // warn: "schedule_after"
  cppcoro::schedule_on(pool, save(4));     // warn: "schedule_on"
  schedule_on(pool, load(5));              // warn: "schedule_on"
  cppcoro::when_all(load(6), load(7));     // warn: "when_all"
  cppcoro::when_all_ready(save(8));        // warn: "when_all_ready"
  mutex.lock_async();                      // warn: "lock_async"
  mutex.scoped_lock_async();               // warn: "scoped_lock_async"
  scope.join();                            // warn: "join"
  save(9).when_ready();                    // warn: "when_ready"
  cppcoro::make_shared_task(load(10));     // warn: "make_shared_task"
  co_return;
}

task<> held(cppcoro::async_mutex &mutex) {
  auto first = save(1);                    // warn: "save"
  auto second = config();                  // warn: "config"
  auto both = cppcoro::when_all(load(1), load(2)); // warn: "when_all"
  auto lock = mutex.scoped_lock_async();   // warn: "scoped_lock_async"
  compute();
  task<> typed = save(2);                  // warn: "save"
  if (first.is_ready())
    compute();
  co_return;
}

task<> some_paths(bool verbose) {
  auto counting = load(1); // warn: "load"
  if (!verbose)
    co_return;
  co_await counting;
}

task<int> consumed(cppcoro::static_thread_pool &pool, cppcoro::async_mutex &mutex, cppcoro::async_scope &scope) {
  co_await pool.schedule();
  co_await save(1);
  auto lvalue = load(2);
  int sum = co_await lvalue;
  co_await save(3).when_ready();
  auto [a, b] = co_await cppcoro::when_all(load(4), load(5));
  std::vector<task<int>> many;
  many.push_back(load(6));
  many.emplace_back(load(7));
  for (int value : co_await cppcoro::when_all(std::move(many)))
    sum += value;
  auto lock = co_await mutex.scoped_lock_async();
  scope.spawn(save(8));
  auto later = save(9);
  scope.spawn(std::move(later));
  scope.spawn(cppcoro::schedule_on(pool, save(10)));
  co_await scope.join();
  shared_task<int> shared = config();
  sum += co_await shared + co_await shared;
  auto copy = shared;
  sum += co_await copy;
  auto moved = load(11);
  task<int> target = std::move(moved);
  sum += co_await std::move(target);
  task<> empty;
  empty = save(12);
  co_await empty;
  co_return sum + a + b;
}

task<int> pass_through(int key) { return load(key); }

class Cache {
  shared_task<int> loading_ = config();
  std::vector<shared_task<int>> waiting_;

public:
  task<int> get() {
    auto loading = loading_;
    co_return co_await loading;
  }
  void refresh() { loading_ = config(); }
  void add() { waiting_.push_back(loading_); }
};

int main() {
  cppcoro::static_thread_pool pool;
  cppcoro::sync_wait(save(1));
  auto task = load(2);
  int value = cppcoro::sync_wait(task);
  cppcoro::sync_wait(cppcoro::when_all(load(3), load(4)));
  cppcoro::sync_wait([&]() -> cppcoro::task<> {
    co_await pool.schedule();
    save(5); // warn: "save"
    co_await save(6);
  }());
  return value;
}
