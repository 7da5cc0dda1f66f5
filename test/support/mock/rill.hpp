// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// No known library: futures that can be copied, are no awaiters and have no operator co_await: their promise's await_transform
// takes them. What is awaited gives a reference to the result that the futures share.
#pragma once

#include "mock.hpp"

#include <coroutine>

namespace rill {

struct Void {};
template <class T> struct Promise;

template <class T> class Future {
public:
  using promise_type = Promise<T>;
  Future(const Future &other);
  ~Future();
  bool isReady() const;
  const T &get() const;

private:
  T *state_;
};

template <class T> struct Waiting {
  const Future<T> &future;
  bool await_ready() const { return future.isReady(); }
  void await_suspend(std::coroutine_handle<> waiter);
  const T &await_resume() { return future.get(); }
};

template <class T> struct Promise {
  Future<T> get_return_object();
  std::suspend_never initial_suspend() noexcept { return {}; }
  std::suspend_never final_suspend() noexcept { return {}; }
  void unhandled_exception();
  void return_value(T value);
  template <class U> Waiting<U> await_transform(const Future<U> &future) { return {future}; }
};

/// Nobody can await it: it is made to be let go.
struct Loose {
  struct promise_type {
    Loose get_return_object();
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void unhandled_exception();
    void return_void();
    template <class U> Waiting<U> await_transform(const Future<U> &future) { return {future}; }
  };
};

} // namespace rill
