// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of the Coroutines TS in every place a type or function can be named.
#include <coroutine>
#include <exception>
#include <experimental/coroutine> // warn: "experimental/coroutine"

struct Task {
  struct promise_type {
    Task get_return_object();
    std::experimental::suspend_always initial_suspend() noexcept; // warn: "suspend_always"
    std::suspend_always final_suspend() noexcept;
    void return_void();
    void unhandled_exception();
  };
  std::experimental::coroutine_handle<promise_type> handle; // warn: "coroutine_handle"
};

struct Awaiter {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::experimental::coroutine_handle<> waiter); // warn: "coroutine_handle"
  void await_resume() const noexcept {}
};

using Handle = std::experimental::coroutine_handle<>;  // warn: "coroutine_handle"
typedef std::experimental::suspend_never Never;        // warn: "suspend_never"
using std::experimental::noop_coroutine;               // warn: "noop_coroutine"

template <class T> void resume(std::experimental::coroutine_handle<T> handle) { // warn: "coroutine_handle"
  handle.resume();
}

void calls() {
  auto idle = std::experimental::noop_coroutine(); // warn: "noop_coroutine"
  std::experimental::suspend_always pause;         // warn: "suspend_always"
}
