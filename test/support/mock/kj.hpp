// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape of KJ's promises for rule tests: eager coroutines through std::coroutine_traits, dropping cancels.
// Not KJ: nothing here runs.
#pragma once

#include "mock.hpp"

#include <coroutine>
#include <exception>
#include <functional>
#include <type_traits>
#include <utility>
#include <vector>

namespace kj {

using uint = unsigned;
class WaitScope {};
class Exception {};
template <class T> class Own {
public:
  T *operator->() const;
};
template <class T> class Array {};

template <class T> class [[nodiscard]] Promise;
template <class T> struct Unwrap {
  using type = T;
};
template <class T> struct Unwrap<Promise<T>> {
  using type = T;
};
template <class F, class T> struct ThenResult {
  using type = typename Unwrap<std::invoke_result_t<F, T>>::type;
};
template <class F> struct ThenResult<F, void> {
  using type = typename Unwrap<std::invoke_result_t<F>>::type;
};

template <class T> class [[nodiscard]] Promise {
public:
  Promise(decltype(nullptr)) {}
  Promise(Promise &&other) noexcept;
  Promise &operator=(Promise &&other) noexcept;
  ~Promise();
  T wait(WaitScope &scope);
  bool poll(WaitScope &scope);
  template <class F> Promise<typename ThenResult<F, T>::type> then(F &&func) {
    mock::opaque(&func);
    return mock::some<Promise<typename ThenResult<F, T>::type>>();
  }
  template <class F> Promise catch_(F &&func) {
    mock::opaque(&func);
    return mock::some<Promise>();
  }
  template <class... A> Promise attach(A &&...attachments);
  Promise exclusiveJoin(Promise &&other);
  Promise<void> ignoreResult();
  template <class F> Promise eagerlyEvaluate(F &&func) {
    mock::opaque(&func);
    return mock::some<Promise>();
  }
  template <class F> void detach(F &&func) && { mock::opaque(&func); }
};

template <class T> struct PromiseAwaiter {
  bool await_ready() const noexcept;
  bool await_suspend(std::coroutine_handle<> waiter);
  T await_resume();
};
template <class T> PromiseAwaiter<T> operator co_await(Promise<T> &promise);
template <class T> PromiseAwaiter<T> operator co_await(Promise<T> &&promise);

template <class T> class Coroutine {
public:
  Promise<T> get_return_object();
  std::suspend_never initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception();
  template <class U> void return_value(U &&value);
};
template <> class Coroutine<void> {
public:
  Promise<void> get_return_object();
  std::suspend_never initial_suspend() noexcept { return {}; }
  std::suspend_always final_suspend() noexcept { return {}; }
  void unhandled_exception();
  void return_void();
};

constexpr struct ReadyNow {
  operator Promise<void>() const;
} READY_NOW;
constexpr struct NeverDone {
  template <class T> operator Promise<T>() const;
} NEVER_DONE;

class TaskSet {
public:
  class ErrorHandler {};
  explicit TaskSet(ErrorHandler &handler);
  void add(Promise<void> &&promise);
  Promise<void> onEmpty();
};
Promise<void> joinPromises(std::vector<Promise<void>> &&promises);
class Timer {
public:
  Promise<void> afterDelay(int duration);
};

using byte = unsigned char;
/// A view: it refers to elements that others own.
template <class T> class ArrayPtr {
public:
  ArrayPtr(T *begin, std::size_t size);
  T *begin() const;
  T *end() const;
  std::size_t size() const;

private:
  T *ptr_;
  std::size_t size_;
};
class String {
public:
  ArrayPtr<const byte> asBytes() const;
  const char *begin() const;
  const char *end() const;
  std::size_t size() const;
  ~String();

private:
  char *content_;
};
String str(int value);

class AsyncInputStream {
public:
  virtual Promise<std::size_t> tryRead(void *buffer, std::size_t minBytes, std::size_t maxBytes) = 0;
};
class AsyncOutputStream {
public:
  virtual Promise<void> write(ArrayPtr<const byte> buffer) = 0;
};

} // namespace kj

template <class T, class... Args> struct std::coroutine_traits<kj::Promise<T>, Args...> {
  using promise_type = kj::Coroutine<T>;
};
