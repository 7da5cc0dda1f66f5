// flags: -std=c++20
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results of futures that can be copied: another copy may keep them. The promise's await_transform makes them awaitable.
#include <coroutine>
#include <vector>

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

Future<std::vector<int>> servers();

Future<int> counts() {
  const std::vector<int> &all = co_await servers(); // warn: "'all' refers to the result of 'servers'"
  co_return static_cast<int>(all.size());
}
Future<int> held() {
  auto asked = servers();
  const std::vector<int> &all = co_await asked; // ok: the future is still there
  co_return static_cast<int>(all.size());
}
