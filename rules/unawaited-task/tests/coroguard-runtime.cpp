// flags: -std=c++20 -Iruntime/include
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The product's own runtime, and the mistakes the mission's course material shows, in one program.
#include <coroguard/async_generator.hpp>
#include <coroguard/event_loop.hpp>
#include <coroguard/executor.hpp>
#include <coroguard/gather.hpp>
#include <coroguard/mutex.hpp>
#include <coroguard/run.hpp>
#include <coroguard/run_in_executor.hpp>
#include <coroguard/sleep.hpp>
#include <coroguard/task.hpp>
#include <coroguard/task_handle.hpp>
#include <coroguard/timeout.hpp>

#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using coroguard::task;

struct User {
  int pk = 0;
  std::string name;
};
struct Objects {
  User get(int pk);
  task<User> aget(int pk);
  coroguard::async_generator<User> all();
};
task<int> load(int key);
void print(const std::string &text);
bool is_prime(int n);

task<> view(Objects &objects, coroguard::mutex &mutex) {
  auto user = objects.aget(1);                    // warn: "aget"
  load(1);                                        // warn: "load"
  coroguard::sleep(10ms);                         // warn: "sleep"
  coroguard::yield_now();                         // warn: "yield_now"
  coroguard::wait_for(load(4), 1s);               // warn: "wait_for"
  mutex.scoped_lock();                            // warn: "scoped_lock"
  auto guard = mutex.scoped_lock();               // warn: "scoped_lock"
  std::this_thread::sleep_for(1s);                // warn: [async-blocking-call] "sleep_for"
  print(objects.get(2).name);                     // warn: [async-blocking-call] "get"
  auto users = objects.all();
  users.next();                                   // warn: [async-sync-iteration] "next"
  int value = coroguard::run(load(6));            // warn: [async-sync-wait] "run"
  (void)value;
  co_return;
}

task<> right(Objects &objects, coroguard::mutex &mutex) {
  User user = co_await objects.aget(1);
  print(user.name);
  auto [a, b] = co_await coroguard::gather(load(1), load(2));
  auto handle = coroguard::create_task(load(a + b), "load");
  co_await coroguard::sleep(10ms);
  int value = co_await handle;
  auto guard = co_await mutex.scoped_lock();
  value += co_await coroguard::wait_for(load(3), 1s);
  auto users = objects.all();
  while (auto each = co_await users.next())
    print(each->name);
  COROGUARD_AWAIT_FOR(auto &each, objects.all()) { print(each.name); }
  bool prime = co_await coroguard::to_thread(is_prime, value);
  if (prime)
    co_await coroguard::to_thread([] { std::this_thread::sleep_for(1s); });
}

task<int> forgotten_main() { co_return co_await load(1); }

int main() {
  forgotten_main(); // warn: [async-missing-run] "forgotten_main"
  int value = coroguard::run(forgotten_main());
  coroguard::event_loop loop;
  value += loop.run_until_complete(load(2));
  Objects objects;
  coroguard::mutex mutex;
  coroguard::run(right(objects, mutex));
  return value;
}
