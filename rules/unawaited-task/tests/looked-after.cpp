// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks whose handle may go: something else sees to them.
#include "acme.hpp"

#include <atomic>
#include <coroutine>
#include <exception>
#include <utility>

using acme::Deferred;

/// Runs on by itself; its owner may follow it up.
template <class T = void> struct Running {
  struct promise_type {
    Running get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_value(T) {}
    void unhandled_exception() { std::terminate(); }
  };
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  T await_resume();
  template <class F> Running<T> then(F &&callback) {
    (void)callback;
    return {};
  }
  Running<T> on(int executor);
};
Running<int> measure(int key);
void show(int value);

void followed_up() {
  measure(1).then([](int value) { show(value); }); // ok: the callable takes the result
  measure(2);                                      // warn: "measure"
  measure(3).on(1);                                // warn: "on"
}

/// Waits for all it was given.
struct Nursery {
  Running<int> add(Deferred<int> work);
  Running<int> add(int plain);
  Deferred<> join();
};
Deferred<int> work(int key);
Deferred<> in_scope(Nursery &nursery) {
  nursery.add(work(1));           // ok: joined with the others
  auto first = nursery.add(work(2)); // ok
  nursery.add(3);                 // warn: "add"
  co_await nursery.join();
}

void observed(acme::Started<> (*start)(int)) {
  bool done = false;
  auto run = [&done](int key) -> Running<int> {
    done = key > 0;
    co_return key;
  };
  auto kept = run(1); // ok: what it does is looked at below
  show(done);
}
void not_observed() {
  bool done = false;
  show(done);
  auto run = [&done](int key) -> Running<int> {
    done = key > 0;
    co_return key;
  };
  auto kept = run(1); // warn: "run"
}

/// Its machinery runs until the work is done before it gives control back to code that is no coroutine.
template <class T> struct Answer {
  struct promise_type {
    Answer get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(T) {}
    void unhandled_exception() { std::terminate(); }
  };
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  T await_resume();
  operator T &() &;
  operator T() &&;
};
Answer<int> fetch(int key);
int synchronous() {
  const int first = fetch(1); // ok: how one gets the result here
  fetch(2);                   // ok: it has run
  return first;
}
Deferred<> asynchronous() {
  fetch(3);                  // warn: "fetch"
  int wrong = fetch(4);      // warn: [async-task-as-value] "converted to 'int'"
  show(wrong + co_await fetch(5));
}

bool holds(bool condition, const char *text);
#define CHECK_OR_LEAVE(condition) \
  do {                            \
    if (!holds(condition, #condition)) \
      co_return;                  \
  } while (false)
Deferred<> asserted(int key) {
  auto later = work(key); // ok: whoever fails has other things to care for
  CHECK_OR_LEAVE(key > 0);
  show(co_await std::move(later));
}
Deferred<> left_early(int key) {
  auto later = work(key); // warn: "later"
  if (key > 0)
    co_return;
  show(co_await std::move(later));
}
