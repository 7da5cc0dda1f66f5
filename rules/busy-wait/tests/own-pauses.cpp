// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pauses of a library nobody knows: told by what they are given and give.
#include "acme.hpp"

#include <atomic>
#include <chrono>
#include <mutex>

using acme::Deferred;

struct Rest {
  std::chrono::milliseconds time;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Rest rest(std::chrono::milliseconds time);
struct Turn {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Turn letOthers();
struct Arrival { // which of several things it waits for is in the object
  int id;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Arrival arrival(int id);
Deferred<> breath() { co_await rest(std::chrono::milliseconds(3)); }
Deferred<> batch() {
  co_await rest(std::chrono::milliseconds(3));
  co_await arrival(1);
}
class Door {
public:
  bool isOpen() {
    std::lock_guard lock(mutex_);
    return open_;
  }
  bool takeTurn() { return ++turns_ > 3; }

private:
  std::mutex mutex_;
  bool open_ = false;
  int turns_ = 0;
};

Deferred<> a_time_alone(std::atomic<bool> &stop) {
  while (!stop) // warn: "'stop' is polled"
    co_await rest(std::chrono::milliseconds(1));
}
Deferred<> gives_way(std::atomic<int> &left) {
  while (left > 0) // warn: "is polled"
    co_await letOthers();
}
Deferred<> by_a_coroutine(std::atomic<bool> &stop) {
  while (!stop) // warn: "'stop' is polled"
    co_await breath();
}
Deferred<> asks_under_a_lock(Door &door) {
  while (!door.isOpen()) // warn: "is polled"
    co_await rest(std::chrono::milliseconds(1));
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<> waits_for_something(std::atomic<bool> &stop) {
  while (!stop)
    co_await arrival(3);
}
Deferred<> does_more(std::atomic<bool> &stop) {
  while (!stop)
    co_await batch();
}
Deferred<> counts(Door &door) {
  while (!door.takeTurn())
    co_await rest(std::chrono::milliseconds(1));
}

class Slots {
public:
  bool isFree(int number) const;
};
Deferred<> asks_the_same(const Slots &slots) {
  while (!slots.isFree(3)) // warn: "is polled"
    co_await rest(std::chrono::milliseconds(1));
}
Deferred<> asks_another(const Slots &slots, int from) {
  while (!slots.isFree(from)) { // ok: another one each time
    ++from;
    co_await rest(std::chrono::milliseconds(1));
  }
}
