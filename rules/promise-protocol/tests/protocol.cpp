// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Promises and awaiters that break the coroutine protocol.
#include "acme.hpp"

#include <coroutine>
#include <exception>
#include <utility>

void publish(std::coroutine_handle<> handle);

struct ResumesAndGoesOn {
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    waiter.resume();
    return false; // warn: "resume"
  }
  void await_resume() const noexcept {}
};

// Flowing off the end without return_void is undefined.
template <class T> struct Value {
  struct promise_type {
    Value get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception() { std::terminate(); }
    void return_value(T value);
  };
};
Value<int> forgets(bool known) {
  co_await std::suspend_always{};
  if (known)
    co_return 1;
} // warn: "forgets"

// A copyable handle owner destroys the frame twice.
struct [[nodiscard]] Copied { // warn: "Copied"
  struct promise_type {
    Copied get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception() { std::terminate(); }
    void return_void() {}
  };
  std::coroutine_handle<promise_type> handle;
  ~Copied() {
    if (handle)
      handle.destroy();
  }
};

// A lazy task nobody is told to await.
class Quiet { // warn: "nodiscard"
public:
  struct promise_type {
    Quiet get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception() { std::terminate(); }
    void return_void() {}
  };
  Quiet(Quiet &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Quiet();

private:
  std::coroutine_handle<promise_type> handle_;
};

// --- silent -----------------------------------------------------------------------------------------------------

struct Transfers {
  std::coroutine_handle<> next;
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) { return next; } // ok
  void await_resume() const noexcept {}
};
struct Declines {
  bool full;
  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiter) {
    if (full)
      return false;
    publish(waiter);
    return true;
  }
  void await_resume() const noexcept {}
};
class [[nodiscard]] Right {
public:
  struct promise_type {
    Right get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception() { std::terminate(); }
    void return_void() {}
  };
  Right(Right &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Right &operator=(Right &&other) noexcept;
  ~Right();

private:
  std::coroutine_handle<promise_type> handle_;
};
Value<int> always(bool known) {
  co_await std::suspend_always{};
  if (known)
    co_return 1;
  co_return 2;
}
Value<int> throws(bool known) {
  if (known)
    co_return 1;
  throw 3;
}
Right flows_off() { co_await std::suspend_always{}; }

struct ResumesAndHandsBack {
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    waiter.resume();
    return waiter; // warn: "a second time"
  }
  void await_resume() const noexcept {}
};
struct HandsOver {
  std::coroutine_handle<> next;
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) {
    if (!next)
      return waiter; // ok: not resumed before
    next.resume();
    return std::noop_coroutine();
  }
  void await_resume() const noexcept {}
};
