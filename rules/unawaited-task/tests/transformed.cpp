// flags: -std=c++20
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A future that only its promise's await_transform makes awaitable is still there to be awaited.
#include <coroutine>

struct Void {};
template <class T> struct Promise;
template <class T> class Future {
public:
  using promise_type = Promise<T>;
  Future(const Future &other);
  ~Future();
  bool isReady() const;

private:
  T *state_;
};
template <class T> struct Waiting {
  const Future<T> &future;
  bool await_ready() const { return future.isReady(); }
  void await_suspend(std::coroutine_handle<> waiter);
  void await_resume();
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

Future<Void> changed(int key);
Loose logs(int key);

Future<Void> forgets(int key) {
  changed(key);          // warn: "changed"
  co_await changed(key); // ok
  logs(key);             // ok
  co_return Void{};
}
Future<Void> saved(int key);
bool leaves_early();
Future<Void> watches(int key) {
  Future<Void> watching = changed(key); // ok by default: a copy may be elsewhere, and it ends with its last one
  co_await saved(key);
  if (leaves_early())
    co_return Void{};
  co_await watching;
  co_return Void{};
}
