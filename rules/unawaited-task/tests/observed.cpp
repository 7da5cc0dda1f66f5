// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that run already, held by code that cannot await them and looks at what they write.
#include <array>
#include <coroutine>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

template <class Promise> class UniqueHandle {
  std::coroutine_handle<Promise> value;

public:
  explicit UniqueHandle(std::coroutine_handle<Promise> handle) noexcept : value(handle) {}
  UniqueHandle(UniqueHandle &&other) noexcept : value(std::exchange(other.value, nullptr)) {}
  ~UniqueHandle() {
    if (value)
      value.destroy();
  }
};
/// Its member destroys the coroutine.
class Eager {
public:
  struct promise_type {
    Eager get_return_object() { return Eager(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>) noexcept {}
  void await_resume() noexcept {}

private:
  explicit Eager(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
  UniqueHandle<promise_type> handle_;
};
/// Nobody can await it: it runs as long as somebody holds it.
class Running {
public:
  struct promise_type {
    Running get_return_object() { return Running(std::coroutine_handle<promise_type>::from_promise(*this)); }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept { std::terminate(); }
  };

private:
  explicit Running(std::coroutine_handle<promise_type> handle) noexcept : handle_(handle) {}
  UniqueHandle<promise_type> handle_;
};

Eager waits(bool &done);
Eager reads(std::optional<int> &value);
Eager saves(int key);
Running runs(int &count);
void check(bool holds);
void resume_all();

void number() {
  bool done = false;
  auto waiter = waits(done); // ok
  check(!done);
  resume_all();
  check(done);
}
void elements() {
  std::array<bool, 2> done{};
  std::array waiters{waits(done[0]), waits(done[1])}; // ok
  check(done[0] && done[1]);
}
void value() {
  std::optional<int> result;
  auto reader = reads(result); // ok
  check(result.has_value());
}
void closure() {
  bool done = false;
  auto worker = [&done]() -> Eager {
    done = true;
    co_return;
  }(); // ok
  check(done);
}
void nobody_looks(int key) {
  auto saving = saves(key); // warn: "'saving' holds the task returned by 'saves' but nothing awaits it, which cancels its work"
  check(key != 0);
}
void looked_at_before() {
  bool done = false;
  check(!done);
  auto waiter = waits(done); // warn: "'waiter' holds the task"
}
Eager in_a_coroutine() {
  bool done = false;
  auto waiter = waits(done); // warn: "'waiter' holds the task"
  check(done);
  co_return;
}
void held_while_it_runs() {
  int count = 0;
  auto running = runs(count); // ok: it ends before what it refers to
  check(count == 0);
}
