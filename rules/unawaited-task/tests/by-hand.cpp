// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks whose awaiter functions ordinary code calls by hand, as tests of task types do: that is their await.
#include <coroutine>
#include <exception>

template <class T> struct Eager {
  struct promise_type {
    Eager get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_value(T) {}
    void unhandled_exception() { std::terminate(); }
  };
  Eager() = default;
  Eager(Eager &&) noexcept {}
  bool await_ready() const noexcept;
  bool await_suspend(std::coroutine_handle<>) const;
  T await_resume() const;
  bool done() const;
};

Eager<int> load();
void require(bool);

void asks() {
  Eager<int> task{load()}; // ok
  require(task.await_ready());
}
void suspends() {
  Eager<int> task{load()}; // ok
  const bool suspended{task.await_suspend(std::noop_coroutine())};
  require(suspended);
}
int resumes() {
  Eager<int> task{load()}; // ok
  return task.await_resume();
}
void looks() {
  Eager<int> task{load()}; // warn: "task"
  require(task.done());
}
