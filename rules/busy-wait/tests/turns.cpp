// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns of the loop as pauses, and states of objects that a function names.
#include "acme.hpp"

using acme::Deferred;

class EventLoop {
public:
  void post(std::coroutine_handle<> handle);
  auto schedule() {
    struct Turn {
      EventLoop &loop;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter) { loop.post(waiter); }
      void await_resume() const noexcept {}
    };
    return Turn{*this};
  }
  auto idle() {
    struct Idle {
      EventLoop &loop;
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<> waiter);
      void await_resume() const noexcept {}
    };
    return Idle{*this};
  }
};
class Pool {
public:
  bool empty() const;
};
Pool &pool();

Deferred<> turns(EventLoop &loop, Deferred<> &other) {
  while (!other.finished()) // warn: "finished"
    co_await loop.schedule();
}
Deferred<> event(EventLoop &loop, const bool &done) {
  while (!done)
    co_await loop.idle(); // ok: nobody sees what it waits for
}
Deferred<> named() {
  while (!pool().empty()) // warn: "empty"
    co_await acme::pause_for(acme::Millis(10));
}
Deferred<> work(EventLoop &loop, int count) {
  for (int i = 0; i < count; ++i)
    co_await loop.schedule(); // ok: counts
}
EventLoop &loop();
auto turn() { return loop().schedule(); }
Deferred<> free_function(const bool &done) {
  while (!done) // warn: "done"
    co_await turn();
}
Deferred<> asked_inside(const int &state) {
  for (;;) {
    if (state == 3) // warn: "state == 3"
      break;
    co_await turn();
  }
}
