// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A second coroutine library no pack knows, of a shape quite unlike acme.hpp: promises found through
// std::coroutine_traits, `await_transform`, free `operator co_await`, an own always-suspending initial awaiter,
// symmetric transfer, awaitables whose bodies are elsewhere.
#pragma once

#include "mock.hpp"

#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace borealis {

template <typename R, typename E = void> class Job;
template <typename R> class Stream;
class Scheduler;

namespace detail {

struct StartLater {
  constexpr bool await_ready() const noexcept { return false; }
  constexpr void await_suspend(std::coroutine_handle<>) const noexcept {}
  constexpr void await_resume() const noexcept {}
};

template <typename R> struct JobAwaiter {
  std::coroutine_handle<> job;
  bool await_ready() const noexcept;
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) noexcept;
  R await_resume();
};

template <typename Promise> class JobPromiseBase {
public:
  StartLater initial_suspend() noexcept;
  auto final_suspend() noexcept {
    struct Transfer {
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) noexcept;
      void await_resume() noexcept {}
    };
    return Transfer{};
  }
  void unhandled_exception() noexcept;
  template <typename A> A &&await_transform(A &&awaitable) noexcept { return static_cast<A &&>(awaitable); }
};

template <typename R> class JobPromise : public JobPromiseBase<JobPromise<R>> {
public:
  Job<R> get_return_object();
  void return_value(R value);
};
template <> class JobPromise<void> : public JobPromiseBase<JobPromise<void>> {
public:
  Job<void> get_return_object();
  void return_void();
};

} // namespace detail

/// Lazy; movable; drives itself only when awaited or posted.
template <typename R, typename E> class Job {
public:
  Job() = default;
  Job(Job &&other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Job &operator=(Job &&other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Job();
  explicit operator bool() const noexcept { return static_cast<bool>(handle_); }
  std::coroutine_handle<> native() const noexcept { return handle_; }

private:
  std::coroutine_handle<> handle_;
};

template <typename R, typename E> detail::JobAwaiter<R> operator co_await(Job<R, E> &&job) noexcept {
  return {job.native()};
}
template <typename R, typename E> detail::JobAwaiter<R> operator co_await(Job<R, E> &job) noexcept {
  return {job.native()};
}

/// Started at once, result kept for one waiter.
template <typename R> class Spark {
public:
  Spark(Spark &&) noexcept;
  ~Spark();
  bool await_ready() const noexcept;
  bool await_suspend(std::coroutine_handle<> caller);
  R await_resume();
};

namespace detail {
template <typename R> class SparkPromise {
public:
  Spark<R> get_return_object();
  std::suspend_never initial_suspend() noexcept;
  std::suspend_always final_suspend() noexcept;
  void unhandled_exception();
  template <typename U> void return_value(U &&value);
};
template <> class SparkPromise<void> {
public:
  Spark<void> get_return_object();
  std::suspend_never initial_suspend() noexcept;
  std::suspend_always final_suspend() noexcept;
  void unhandled_exception();
  void return_void();
};
} // namespace detail

/// Async sequence read by `co_await stream.next()`.
template <typename R> class Stream {
public:
  struct promise_type {
    Stream get_return_object();
    std::suspend_always initial_suspend() noexcept;
    std::suspend_always final_suspend() noexcept;
    std::suspend_always yield_value(R value);
    void return_void();
    void unhandled_exception();
  };
  Stream(Stream &&) noexcept;
  ~Stream();
  Job<std::optional<R>> next();
};

/// Async sequence that range-for accepts: `begin()` is plain, but every step has to be awaited.
template <typename R> class Flow {
public:
  struct Step {
    bool await_ready() const noexcept;
    void await_suspend(std::coroutine_handle<> caller);
    void await_resume();
  };
  class Cursor {
  public:
    Step operator++();
    R &operator*() const;
    bool operator==(const Cursor &other) const;
  };
  Cursor begin();
  Cursor end();
};

struct Nap {
  std::chrono::nanoseconds duration;
};
inline Nap nap(std::chrono::nanoseconds duration) {
  return {duration};
}
struct NapAwaiter {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> caller) const;
  void await_resume() const noexcept {}
};
inline NapAwaiter operator co_await(Nap) {
  return {};
}

class Scheduler {
public:
  template <typename R> R Drive(Job<R> job);
  void Post(Job<void> job);
  template <typename F> void Defer(F callback) { mock::opaque(&callback); }
  void Loop();
};

class Pass {
public:
  Pass(Pass &&) noexcept;
  ~Pass();
};
/// Async lock: `Job<Pass>`, to be awaited.
class Gatekeeper {
public:
  Job<Pass> Enter();
};

template <typename... R> Job<void> WhenDone(Job<R>... jobs);

} // namespace borealis

template <typename R, typename... Args> struct std::coroutine_traits<borealis::Job<R>, Args...> {
  using promise_type = borealis::detail::JobPromise<R>;
};
template <typename R, typename... Args> struct std::coroutine_traits<borealis::Spark<R>, Args...> {
  using promise_type = borealis::detail::SparkPromise<R>;
};
