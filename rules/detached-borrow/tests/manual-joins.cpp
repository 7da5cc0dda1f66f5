// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Synchronous code, mostly tests, that waits for what it started by hand: all silent.
#include "tidal.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <latch>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>

using tidal::task;
using namespace std::chrono_literals;

task<> tick();
task<> count_down(std::latch &latch);
task<> release(std::binary_semaphore &done, int &value);
task<> set(std::promise<int> &promise);
task<> add(std::atomic<int> &counter, int &value);
void expect(bool condition);

void by_spinning() {
  std::atomic<int> left = 2;
  int value = 0;
  auto add_one = [&]() -> task<> {
    co_await tick();
    ++value;
    --left;
  };
  tidal::spawn(add_one());
  tidal::spawn(add_one());
  while (left) {
  }
  expect(value == 2);
}
void by_spinning_with_pauses() {
  std::atomic<int> counter = 0;
  int value = 0;
  tidal::spawn(add(counter, value));
  while (counter.load() != 1)
    std::this_thread::sleep_for(1ms);
  expect(value == 1);
}
void by_latch() {
  std::latch latch(1);
  tidal::spawn(count_down(latch));
  latch.wait();
}
void by_semaphore() {
  std::binary_semaphore done(0);
  int value = 0;
  tidal::spawn(release(done, value));
  done.acquire();
  expect(value == 1);
}
void by_future() {
  std::promise<int> promise;
  auto future = promise.get_future();
  tidal::spawn(set(promise));
  expect(future.get() == 1);
}
void by_condition() {
  std::mutex mutex;
  std::condition_variable changed;
  bool done = false;
  auto body = [&]() -> task<> {
    co_await tick();
    {
      std::lock_guard lock(mutex);
      done = true;
    }
    changed.notify_one();
  };
  tidal::spawn(body());
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return done; });
}
void by_sleeping() {
  std::atomic<int> counter = 0;
  int value = 0;
  tidal::spawn(add(counter, value));
  std::this_thread::sleep_for(100ms);
  expect(value == 1);
}
void by_another_runner() {
  std::atomic<int> counter = 0;
  int value = 0;
  tidal::spawn(add(counter, value));
  tidal::sync_wait(tick());
  expect(value == 1);
}

// Nothing waits here, however long the function.
void by_nothing() {
  std::atomic<int> counter = 0;
  int value = 0;
  tidal::spawn(add(counter, value)); // warn: "counter"
  expect(value == 0);
}

// Let go, and then given its turn: by then the work is past the local.
class Gate {
public:
  void open();
};
task<> waits_for(Gate &gate);
task<> lets_go() {
  Gate gate;
  tidal::spawn(waits_for(gate));
  co_await tick();
  gate.open();
  co_await tick(); // ok
}

// What awaits an event goes on when the work that sets it does.
class Client {
public:
  void request(std::function<void()> then);
  void answer();
};
class Event {
public:
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume();
};
tidal::task<> converses(Client &client, Event &done);
tidal::task<> counts(Event &done, int &count);
void by_driving() {
  Client client;
  Event done;
  int count = 0;
  tidal::spawn(converses(client, done));
  tidal::spawn(counts(done, count)); // ok
  client.answer();
}
void by_nobody() {
  Event done;
  int count = 0;
  tidal::spawn(counts(done, count)); // warn: "done"
}
