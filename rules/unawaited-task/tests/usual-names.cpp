// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An unknown library with the usual names: what takes a task over, what does not.
#include "tidal.hpp"

#include <utility>
#include <vector>

using tidal::task;
using namespace std::chrono_literals;

task<int> load(int key);
task<> save(int key);
void compute();

task<> drops(tidal::mutex &mutex, tidal::thread_pool &pool) {
  save(1);                               // warn: "save"
  load(2);                               // warn: "load"
  tidal::sleep_for(5ms);                 // warn: "sleep_for"
  tidal::when_all(load(3), load(4));     // warn: "when_all"
  mutex.lock();                          // warn: "lock"
  auto guard = mutex.lock();             // warn: "lock"
  compute();
  pool.schedule();                       // warn: "schedule"
  tidal::resume_background();            // warn: "resume_background"
  tidal::run_in_thread([] { return 1; }); // warn: "run_in_thread"
  co_return;
}
task<> keeps(tidal::mutex &mutex, tidal::event_loop &loop) {
  co_await save(1);
  tidal::spawn(save(2));
  loop.spawn(save(3));
  co_await tidal::sleep_for(5ms);
  auto [a, b] = co_await tidal::when_all(load(4), load(5));
  auto guard = co_await mutex.lock();
  std::vector<task<int>> many;
  many.push_back(load(a + b));
  co_await tidal::when_all(std::move(many));
  loop.call_soon([] { tidal::spawn(save(6)); });
}
int main() { tidal::sync_wait(keeps(*new tidal::mutex, *new tidal::event_loop)); }
