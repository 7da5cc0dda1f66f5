// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// task<T>: a lazy, single-shot coroutine. Calling one gives an object and runs nothing; awaiting it runs it inside the
// awaiting task; `run` and `create_task` make it a task of its own.
//
//   coroguard::task<int> twice(int x) { co_return 2 * x; }
//   coroguard::task<int> program() { co_return co_await twice(21); }
//   int main() { return coroguard::run(program()) == 42 ? 0 : 1; }
#pragma once

#include "coroguard/awaitable.hpp"
#include "coroguard/detail/core.hpp"

#include <memory>
#include <optional>

namespace coroguard {

template <class T = void> class task;

namespace detail {

/// What a coroutine returned: nothing yet, or a value. References are kept as pointers.
template <class T> class result_slot {
public:
  template <class U> void set(U &&value) { value_.emplace(std::forward<U>(value)); }
  T take() { return std::move(*value_); }
  T &get() noexcept { return *value_; }
  bool has_value() const noexcept { return value_.has_value(); }
  void reset() noexcept { value_.reset(); }

private:
  std::optional<T> value_;
};
/// Nothing needs to know whether it is there.
template <class T>
  requires(std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T> && sizeof(T) <= sizeof(void *))
class result_slot<T> {
public:
  result_slot() noexcept {}
  template <class U> void set(U &&value) { value_ = T(std::forward<U>(value)); }
  T take() noexcept { return value_; }
  T &get() noexcept { return value_; }
  bool has_value() const noexcept { return true; }
  void reset() noexcept {}

private:
  T value_;
};
template <class T> class result_slot<T &> {
public:
  void set(T &value) noexcept { value_ = std::addressof(value); }
  T &take() noexcept { return *value_; }
  T &get() noexcept { return *value_; }
  bool has_value() const noexcept { return value_ != nullptr; }
  void reset() noexcept { value_ = nullptr; }

private:
  T *value_ = nullptr;
};
template <> class result_slot<void> {
public:
  void set() noexcept {}
  void take() noexcept {}
  void get() noexcept {}
  bool has_value() const noexcept { return true; }
  void reset() noexcept {}
};

/// Awaits somebody else's awaitable inside a task: whoever resumes it, on whatever thread, only makes the task ready.
template <class Awaitable> struct foreign_awaiter;

template <class A>
inline constexpr bool is_native = std::is_base_of_v<native_awaiter, std::remove_cvref_t<awaiter_type_t<A>>>;

/// Promise parts shared by all coroutine types that run inside a task.
struct awaiting_promise : promise_base {
  [[gnu::always_inline]] explicit awaiting_promise(std::source_location where) noexcept : promise_base(where) {}
  template <class A>
    requires awaitable<A>
  decltype(auto) await_transform(A &&a, std::source_location where = std::source_location::current()) {
    at = where;
    if constexpr (!is_native<A &&>)
      return foreign_awaiter<A &&>(static_cast<A &&>(a));
    else if constexpr (has_member_co_await<A &&> || has_free_co_await<A &&>)
      return get_awaiter(static_cast<A &&>(a));
    else
      return static_cast<A &&>(a); // GCC 12 moves it into the frame
  }
  static void *operator new(std::size_t bytes) {
    if (this_thread.debug) [[unlikely]]
      note_frame(bytes);
    return frame_allocate(bytes);
  }
  static void operator delete(void *block, std::size_t bytes) noexcept { frame_free(block, bytes); }
};

struct task_final_awaiter {
  bool await_ready() const noexcept { return false; }
  template <class Promise>
  [[gnu::always_inline]] std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> h) const noexcept {
    return transfer(h.promise().continuation);
  }
  void await_resume() const noexcept {}
};

template <class T> struct task_promise_base : awaiting_promise {
  std::exception_ptr error;
  result_slot<T> slot;

  [[gnu::always_inline]] explicit task_promise_base(std::source_location where) noexcept : awaiting_promise(where) {}
  std::suspend_always initial_suspend() const noexcept { return {}; }
  task_final_awaiter final_suspend() const noexcept { return {}; }
  void unhandled_exception() noexcept {
    error = std::current_exception();
    if (this_thread.debug) [[unlikely]]
      note_exception_passed(this);
  }
  T take() {
    if (error) [[unlikely]]
      std::rethrow_exception(std::move(error));
    return slot.take();
  }
};

template <class T> struct task_promise : task_promise_base<T> {
  [[gnu::always_inline]] explicit task_promise(std::source_location where = std::source_location::current()) noexcept
      : task_promise_base<T>(where) {}
  task<T> get_return_object() noexcept;
  template <class U = T>
    requires std::convertible_to<U, T> || std::constructible_from<T, U>
  void return_value(U &&value) {
    this->slot.set(std::forward<U>(value));
  }
};
template <> struct task_promise<void> : task_promise_base<void> {
  [[gnu::always_inline]] explicit task_promise(std::source_location where = std::source_location::current()) noexcept
      : task_promise_base<void>(where) {}
  task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
};

[[noreturn]] void throw_empty_task();

template <class T> struct [[nodiscard]] task_awaiter : native_awaiter {
  using handle = std::coroutine_handle<task_promise<T>>;
  handle h;
  explicit task_awaiter(handle taken) noexcept : h(taken) {}
  task_awaiter(const task_awaiter &) = delete;
  task_awaiter &operator=(const task_awaiter &) = delete;
  ~task_awaiter() {
    if (h)
      h.destroy();
  }
  bool await_ready() const {
    if (!h) [[unlikely]]
      throw_empty_task();
    return false;
  }
  template <class Promise>
  [[gnu::always_inline]] std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> caller) noexcept {
    auto &promise = h.promise();
    promise.continuation = caller;
    if constexpr (std::is_base_of_v<promise_base, Promise>)
      promise.caller = &caller.promise();
    else
      promise.caller = nullptr;
    return transfer(h);
  }
  T await_resume() { return h.promise().take(); }
};

} // namespace detail

/// Lazy coroutine with one result. Move-only; owns its frame. Await it once, as an rvalue: `co_await f()` or
/// `co_await std::move(t)`. Destroying one that never ran reports `async-unawaited-task`; use `discard()` where that is meant.
/// Errors: awaiting an empty (moved-from, already awaited) task throws invalid_state_error. Exceptions of the coroutine
/// come out of the `co_await`. Memory exhaustion on call throws std::bad_alloc.
template <class T> class [[nodiscard("a task does nothing until it is awaited, run or given to create_task")]]
COROGUARD_ELIDABLE task {
public:
  using value_type = T;
  using promise_type = detail::task_promise<T>;

  task() noexcept = default;
  task(task &&other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  task &operator=(task &&other) noexcept {
    task old(std::move(*this));
    handle_ = std::exchange(other.handle_, nullptr);
    return *this;
  }
  ~task() {
    if (handle_) [[unlikely]]
      drop();
  }
  /// True if there is a coroutine to await.
  bool valid() const noexcept { return handle_ != nullptr; }
  explicit operator bool() const noexcept { return valid(); }
  /// Destroys the coroutine unstarted, without a report.
  void discard() noexcept {
    if (auto h = std::exchange(handle_, nullptr))
      h.destroy();
  }
  detail::task_awaiter<T> operator co_await() && noexcept {
    return detail::task_awaiter<T>(std::exchange(handle_, nullptr));
  }
  /// `co_await t` of an lvalue does not compile: a task is single-shot, write `co_await std::move(t)`.
  detail::task_awaiter<T> operator co_await() & = delete;

  /// Gives the frame away (for the library's own use).
  std::coroutine_handle<promise_type> release() noexcept { return std::exchange(handle_, nullptr); }

  explicit task(std::coroutine_handle<promise_type> h) noexcept : handle_(h) {}

private:
  [[gnu::noinline]] void drop() noexcept {
    detail::report_never_awaited(&handle_.promise());
    handle_.destroy();
  }
  std::coroutine_handle<promise_type> handle_;
};

namespace detail {
template <class T> task<T> task_promise<T>::get_return_object() noexcept {
  return task<T>(std::coroutine_handle<task_promise>::from_promise(*this));
}
inline task<void> task_promise<void>::get_return_object() noexcept {
  return task<void>(std::coroutine_handle<task_promise>::from_promise(*this));
}
template <class T> inline constexpr bool is_task = false;
template <class T> inline constexpr bool is_task<task<T>> = true;
} // namespace detail

} // namespace coroguard

#include "coroguard/detail/foreign.hpp"
