// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape of C++/WinRT's async types for rule tests: eager IAsync*, fire_and_forget, thread hops by co_await.
// Not C++/WinRT: nothing here runs.
#pragma once

#include <chrono>
#include <coroutine>
#include <exception>
#include <memory>
#include <utility>

namespace winrt {

struct fire_and_forget {};

namespace Windows::Foundation {
struct IAsyncAction {
  void get() const;
  void Cancel() const;
  bool Completed() const;
};
template <class T> struct IAsyncOperation {
  T get() const;
  void Cancel() const;
};
} // namespace Windows::Foundation

struct thread_switch {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const;
  void await_resume() const noexcept {}
};
thread_switch resume_background();
template <class D> thread_switch resume_foreground(D const &dispatcher);
thread_switch resume_after(std::chrono::milliseconds duration);
template <class... A> Windows::Foundation::IAsyncAction when_all(A... actions);
struct hresult_canceled : std::exception {};

template <class T> struct weak_ref {
  std::shared_ptr<T> get() const;
};
template <class D> struct implements {
  std::shared_ptr<D> get_strong();
  weak_ref<D> get_weak();
};

template <class T> struct async_awaiter {
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<> waiter);
  T await_resume();
};
namespace Windows::Foundation {
inline async_awaiter<void> operator co_await(IAsyncAction const &) {
  return {};
}
template <class T> async_awaiter<T> operator co_await(IAsyncOperation<T> const &) {
  return {};
}
} // namespace Windows::Foundation

struct async_promise_base {
  std::suspend_never initial_suspend() const noexcept { return {}; }
  std::suspend_never final_suspend() const noexcept { return {}; }
  void unhandled_exception();
};

} // namespace winrt

template <class... Args> struct std::coroutine_traits<winrt::fire_and_forget, Args...> {
  struct promise_type : winrt::async_promise_base {
    winrt::fire_and_forget get_return_object() const noexcept { return {}; }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }
  };
};
template <class... Args> struct std::coroutine_traits<winrt::Windows::Foundation::IAsyncAction, Args...> {
  struct promise_type : winrt::async_promise_base {
    winrt::Windows::Foundation::IAsyncAction get_return_object() const noexcept;
    void return_void() const noexcept {}
  };
};
template <class T, class... Args>
struct std::coroutine_traits<winrt::Windows::Foundation::IAsyncOperation<T>, Args...> {
  struct promise_type : winrt::async_promise_base {
    winrt::Windows::Foundation::IAsyncOperation<T> get_return_object() const noexcept;
    void return_value(T value);
  };
};
