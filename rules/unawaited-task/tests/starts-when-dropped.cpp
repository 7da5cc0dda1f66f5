// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A lazy task whose destructor starts the coroutine: who drops it lets the work run. Beside it one whose destructor does not.
#include <coroutine>
#include <exception>
#include <functional>
#include <utility>

template <class T> struct Lazy {
  struct promise_type {
    Lazy get_return_object() { return Lazy{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
    std::coroutine_handle<> continuation;
  };
  explicit Lazy(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Lazy(Lazy &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Lazy() {
    if (!handle_)
      return;
    if (handle_.done())
      handle_.destroy();
    else
      handle_.resume();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) {
    handle_.promise().continuation = waiting;
    return handle_;
  }
  void await_resume() const noexcept {}

  auto detach() {
    auto launched = [](Lazy<T> work) -> Lazy<T> { co_await std::move(work); }(std::move(*this));
    return launched;
  }

private:
  std::coroutine_handle<promise_type> handle_;
};

template <class T> struct Strict {
  struct promise_type {
    Strict get_return_object() { return Strict{std::coroutine_handle<promise_type>::from_promise(*this)}; }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  explicit Strict(std::coroutine_handle<promise_type> handle) : handle_(handle) {}
  Strict(Strict &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Strict() {
    if (handle_)
      handle_.destroy();
  }
  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) { return handle_; }
  void await_resume() const noexcept {}

private:
  std::coroutine_handle<promise_type> handle_;
};

Lazy<void> pump(int key) { co_return; }
Strict<void> count(int key) { co_return; }
template <class Task> auto launch(Task &&task) { return task.detach(); }
void post(std::function<void()> work);

Lazy<void> within() {
  pump(1);          // ok: its destructor starts it
  pump(2).detach(); // ok
  co_await pump(3);
  co_await count(4);
  count(5); // warn: "never starts"
}

int main() {
  launch(pump(1));                // ok
  pump(2).detach();               // ok
  post([] { pump(3).detach(); }); // ok
  count(4);                       // warn: [async-missing-run] "count"
}
