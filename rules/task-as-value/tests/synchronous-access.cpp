// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types that give ordinary code by `*` or a conversion what awaiting gives coroutines: silent there, not in coroutines.
#include <coroutine>

namespace duo {
struct pending {
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<> waiter);
  bool await_resume() const;
  operator bool() const; // waits
};

template <class T> struct later {
  struct promise_type {
    later get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_value(T value);
  };
  struct waiter {
    bool await_ready() const;
    void await_suspend(std::coroutine_handle<> handle);
    T &await_resume();
  };
  waiter operator co_await();
  explicit operator bool() const; // waits, too: is there a value or an end
  T &operator*();                 // waits
};

// No `*`, and its conversion says something else.
template <class T> struct plain {
  struct promise_type {
    plain get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_value(T value);
  };
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<> handle);
  T await_resume();
  explicit operator bool() const;
};
} // namespace duo

duo::later<int> number();
duo::plain<bool> flag();
duo::pending arrival();

int ordinary() {
  int sum = *number(); // ok
  for (;;) {
    auto value = number();
    if (value) // ok
      sum += *value;
    else
      break;
  }
  if (arrival()) // ok
    ++sum;
  if (flag()) // warn: "instead of being awaited"
    ++sum;
  return sum;
}

duo::later<int> coroutine() {
  int sum = *number(); // warn: "the task returned by 'number'"
  if (co_await arrival())
    ++sum;
  co_return sum;
}
