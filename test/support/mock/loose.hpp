// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine library no pack knows whose task converts to everything: the shape in which a forgotten co_await
// compiles.
#pragma once

#include <coroutine>
#include <utility>

namespace loose {

/// Lazy. All its operators look at the handle, none of them waits.
template <class T> class Promise {
public:
  struct promise_type {
    Promise get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_value(T value);
  };
  Promise(Promise &&other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  ~Promise();

  operator bool() const { return frame_ != nullptr; }
  T *operator->() const;
  T &operator*() const;
  friend bool operator==(const Promise &left, const Promise &right) { return left.frame_ == right.frame_; }
  friend auto operator<=>(const Promise &left, const Promise &right) { return left.frame_ <=> right.frame_; }

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiter) noexcept;
  T await_resume();

private:
  std::coroutine_handle<promise_type> frame_;
};

template <class T> T run(Promise<T> promise);

} // namespace loose
