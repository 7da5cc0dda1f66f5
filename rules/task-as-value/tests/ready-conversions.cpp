// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Libraries that document their conversion or their operators on tasks: silent.
#include <coroutine>
#include <utility>

namespace concurrencpp {
template <class T> class result {
public:
  struct promise_type {
    result get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_value(T value);
  };
  result() = default;
  result(result &&) noexcept;
  result &operator=(result &&) noexcept;
  explicit operator bool() const noexcept;
  bool await_ready();
  bool await_suspend(std::coroutine_handle<> waiter);
  T await_resume();
};
} // namespace concurrencpp

concurrencpp::result<int> load(int key);

concurrencpp::result<int> asks(concurrencpp::result<int> given) {
  if (!given) // ok: "does it refer to a task"
    co_return 0;
  auto loading = load(1);
  if (loading)
    co_return co_await loading;
  co_return co_await given;
}

// Tasks with status questions of their own.
namespace own {
template <class T> class Task {
public:
  struct promise_type {
    Task get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_value(T value);
  };
  bool done() const;
  bool is_ready() const;
  bool operator==(std::nullptr_t) const;
  auto operator co_await() const noexcept {
    struct Waiter {
      bool await_ready() const noexcept { return false; }
      void await_suspend(std::coroutine_handle<>) {}
      T await_resume();
    };
    return Waiter{};
  }
};
Task<int> work();
Task<int> status() {
  auto task = work();
  if (task == nullptr)
    co_return 0;
  if (!task.done() && !task.is_ready())
    co_return co_await task;
  co_return 1;
}
} // namespace own
