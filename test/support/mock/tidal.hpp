// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine library no pack knows, with the vocabulary such libraries usually choose for themselves: task, sync_wait,
// spawn, when_all, sleep_for, thread_pool::schedule, resume_background, run_in_thread.
#pragma once

#include "mock.hpp"

#include <chrono>
#include <coroutine>
#include <exception>
#include <functional>
#include <optional>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace tidal {

template <class T = void> class task;

namespace detail {
struct final_awaiter {
  bool await_ready() const noexcept { return false; }
  template <class P> std::coroutine_handle<> await_suspend(std::coroutine_handle<P> done) const noexcept {
    return done.promise().waiter;
  }
  void await_resume() const noexcept {}
};
struct promise_base {
  std::coroutine_handle<> waiter;
  std::suspend_always initial_suspend() const noexcept { return {}; }
  final_awaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept;
};
} // namespace detail

template <class T> class [[nodiscard]] task {
public:
  struct promise_type : detail::promise_base {
    task get_return_object() noexcept;
    template <class U> void return_value(U &&value);
  };
  task(task &&other) noexcept;
  task &operator=(task &&other) noexcept;
  ~task();
  struct awaiter {
    std::coroutine_handle<promise_type> frame;
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
      frame.promise().waiter = waiter;
      return frame;
    }
    T await_resume();
  };
  awaiter operator co_await() && noexcept;
};
template <> class [[nodiscard]] task<void> {
public:
  struct promise_type : detail::promise_base {
    task get_return_object() noexcept;
    void return_void() noexcept {}
  };
  task(task &&other) noexcept;
  task &operator=(task &&other) noexcept;
  ~task();
  struct awaiter {
    std::coroutine_handle<promise_type> frame;
    bool await_ready() const noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept {
      frame.promise().waiter = waiter;
      return frame;
    }
    void await_resume();
  };
  awaiter operator co_await() && noexcept;
};

template <class T> T sync_wait(task<T> work);
template <class T> void spawn(task<T> work);
template <class... T> task<std::tuple<T...>> when_all(task<T>... work);
template <class T> task<std::vector<T>> when_all(std::vector<task<T>> work);
task<> sleep_for(std::chrono::milliseconds duration);

struct schedule_awaiter {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const;
  void await_resume() const noexcept {}
};

/// Worker threads of its own.
class thread_pool {
public:
  explicit thread_pool(unsigned threads);
  ~thread_pool();
  schedule_awaiter schedule() noexcept;

private:
  std::vector<std::thread> threads_;
};

/// Goes on on some thread that may block.
schedule_awaiter resume_background();

class event_loop {
public:
  event_loop();
  ~event_loop();
  schedule_awaiter schedule() noexcept;
  void spawn(task<> work);
  void call_soon(std::function<void()> callback);
  void run();
  template <class T> T run_until_complete(task<T> work);
};

template <class F> task<std::invoke_result_t<F>> run_in_thread(F function) {
  mock::opaque(&function);
  return mock::some<task<std::invoke_result_t<F>>>();
}

class mutex {
public:
  class guard {
  public:
    guard(guard &&other) noexcept;
    ~guard();
  };
  task<guard> lock();
};

} // namespace tidal
