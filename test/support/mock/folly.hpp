// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape of folly's coroutine API for rule tests: names, signatures, laziness and drop semantics, nearly no bodies.
// Not folly: nothing here runs.
#pragma once

#include "mock.hpp"

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace folly {

struct Unit {};
inline constexpr Unit unit{};

class Executor {
public:
  virtual ~Executor() = default;
  virtual void add(std::function<void()> func) = 0;

  template <class E = Executor> class KeepAlive {
  public:
    KeepAlive() = default;
    KeepAlive(KeepAlive &&) noexcept = default;
    KeepAlive(const KeepAlive &) = default;
    KeepAlive &operator=(KeepAlive &&) noexcept = default;
    template <class O> KeepAlive(KeepAlive<O> &&other) noexcept : executor_(other.get()) {}
    template <class O> KeepAlive(O *executor) : executor_(executor) {}
    E *get() const { return executor_; }
    E *operator->() const { return executor_; }
    KeepAlive get_alias() const { return *this; }

  private:
    E *executor_ = nullptr;
  };
};

template <class E> Executor::KeepAlive<E> getKeepAliveToken(E *executor);
template <class E> Executor::KeepAlive<E> getKeepAliveToken(E &executor);

class DrivableExecutor : public virtual Executor {
public:
  virtual void drive() = 0;
};

class EventBase : public DrivableExecutor {
public:
  void add(std::function<void()> func) override;
  void drive() override;
  bool loop();
  bool loopOnce();
  void loopForever();
  void terminateLoopSoon();
  void runInEventBaseThread(std::function<void()> func);
  void runInEventBaseThreadAndWait(std::function<void()> func);
  void runInLoop(std::function<void()> func);
};

class CPUThreadPoolExecutor : public Executor {
public:
  explicit CPUThreadPoolExecutor(std::size_t threads);
  void add(std::function<void()> func) override;
  void join();
};

class IOThreadPoolExecutor : public Executor {
public:
  explicit IOThreadPoolExecutor(std::size_t threads);
  void add(std::function<void()> func) override;
  EventBase *getEventBase();
};

class ScopedEventBaseThread {
public:
  EventBase *getEventBase() const;
};

class InlineExecutor : public Executor {
public:
  static InlineExecutor &instance();
  void add(std::function<void()> func) override { func(); }
};

Executor::KeepAlive<> getGlobalCPUExecutor();
Executor::KeepAlive<EventBase> getGlobalIOExecutor();

struct OperationCancelled : std::exception {
  const char *what() const noexcept override { return "coroutine operation cancelled"; }
};

class CancellationToken {
public:
  bool isCancellationRequested() const noexcept;
  bool canBeCancelled() const noexcept;
};

class CancellationSource {
public:
  CancellationToken getToken() const noexcept;
  bool requestCancellation() const noexcept;
};

class exception_wrapper {
public:
  template <class E> const E *get_exception() const noexcept;
  explicit operator bool() const noexcept;
  [[noreturn]] void throw_exception() const;
};

template <class T> class Try {
public:
  bool hasValue() const;
  bool hasException() const;
  T &value() &;
  T &&value() &&;
  exception_wrapper &exception();
  T &operator*();
  T *operator->();
};
template <> class Try<void> {
public:
  bool hasValue() const;
  bool hasException() const;
  void value() const;
  exception_wrapper &exception();
};

template <class T> class Future;

template <class T> class [[nodiscard]] SemiFuture {
public:
  SemiFuture(SemiFuture &&) noexcept;
  SemiFuture &operator=(SemiFuture &&) noexcept;
  ~SemiFuture();
  bool isReady() const;
  T get() &&;
  T get(std::chrono::milliseconds timeout) &&;
  SemiFuture &wait() &;
  SemiFuture &&wait() &&;
  Future<T> via(Executor::KeepAlive<> executor) &&;
  template <class F> SemiFuture<Unit> deferValue(F &&func) && {
    mock::opaque(&func);
    return mock::some<SemiFuture<Unit>>();
  }
  T value() &&;
};

template <class T> class [[nodiscard]] Future {
public:
  Future(Future &&) noexcept;
  ~Future();
  bool isReady() const;
  T get() &&;
  Future &&wait() &&;
  template <class F> Future<Unit> thenValue(F &&func) && {
    mock::opaque(&func);
    return mock::some<Future<Unit>>();
  }
  template <class F> Future<Unit> thenTry(F &&func) && {
    mock::opaque(&func);
    return mock::some<Future<Unit>>();
  }
  SemiFuture<T> semi() &&;
};

template <class T> class Promise {
public:
  Promise();
  Promise(Promise &&) noexcept;
  SemiFuture<T> getSemiFuture();
  void setValue(T value);
  void setTry(Try<T> &&result);
};

SemiFuture<Unit> makeSemiFuture();
template <class T> SemiFuture<std::decay_t<T>> makeSemiFuture(T &&value);
template <class E, class F> Future<Unit> via(E executor, F &&func) {
  mock::opaque(&func);
  return mock::some<Future<Unit>>();
}
namespace futures {
SemiFuture<Unit> sleep(std::chrono::milliseconds duration);
}

template <class T> class Synchronized;

template <class T> using lift_unit_t = std::conditional_t<std::is_void_v<T>, Unit, T>;

namespace coro {

template <class T = void> class Task;
template <class T = void> class TaskWithExecutor;
template <class T = void> class now_task;

struct co_current_executor_t {};
struct co_current_cancellation_token_t {};
struct co_safe_point_t {};
inline constexpr co_current_executor_t co_current_executor{};
inline constexpr co_current_cancellation_token_t co_current_cancellation_token{};
inline constexpr co_safe_point_t co_safe_point{};

namespace detail {

template <class T> struct ReadyAwaiter {
  bool await_ready() const noexcept { return true; }
  void await_suspend(std::coroutine_handle<>) noexcept {}
  T await_resume() noexcept;
};

template <class T> struct [[nodiscard]] ViaAwaiter {
  bool await_ready() noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> continuation) noexcept;
  T await_resume();
};

// Awaitables that are no semi-awaitables go through unchanged.
template <class A> A &&co_viaIfAsync(Executor::KeepAlive<>, A &&awaitable) {
  return static_cast<A &&>(awaitable);
}

template <class A>
concept MustUseImmediately = requires { typename A::must_use_immediately; };

class TaskPromiseBase {
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class P> std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) noexcept;
    void await_resume() noexcept {}
  };

public:
  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept;

  template <class A>
    requires(!MustUseImmediately<std::remove_cvref_t<A>>)
  auto await_transform(A &&awaitable) {
    return co_viaIfAsync(executor_.get_alias(), static_cast<A &&>(awaitable));
  }
  template <MustUseImmediately A> auto await_transform(A awaitable) { return std::move(awaitable).unwrap(); }
  auto await_transform(co_current_executor_t) noexcept { return ReadyAwaiter<Executor *>{}; }
  auto await_transform(co_current_cancellation_token_t) noexcept { return ReadyAwaiter<const CancellationToken &>{}; }
  auto await_transform(co_safe_point_t) noexcept { return ViaAwaiter<void>{}; }

private:
  Executor::KeepAlive<> executor_;
};

template <class T> class TaskPromise final : public TaskPromiseBase {
public:
  Task<T> get_return_object() noexcept;
  template <class U = T> void return_value(U &&value);
};
template <> class TaskPromise<void> final : public TaskPromiseBase {
public:
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
};

template <class T> class NowPromise final : public TaskPromiseBase {
public:
  now_task<T> get_return_object() noexcept;
  template <class U = T> void return_value(U &&value);
};
template <> class NowPromise<void> final : public TaskPromiseBase {
public:
  now_task<void> get_return_object() noexcept;
  void return_void() noexcept {}
};

} // namespace detail

template <class T> class [[nodiscard]] TaskWithExecutor {
public:
  ~TaskWithExecutor();
  TaskWithExecutor(TaskWithExecutor &&other) noexcept;
  TaskWithExecutor &operator=(TaskWithExecutor other) noexcept;
  Executor *executor() const noexcept;
  SemiFuture<lift_unit_t<T>> start() &&;
  template <class F> void start(F &&callback, CancellationToken token = {}) && { mock::opaque(&callback); }
  SemiFuture<lift_unit_t<T>> startInlineUnsafe() &&;
  detail::ViaAwaiter<T> operator co_await() && noexcept;
};

template <class T> class [[nodiscard]] Task {
public:
  using promise_type = detail::TaskPromise<T>;
  using StorageType = T;

  Task(const Task &) = delete;
  Task(Task &&other) noexcept : coro_(std::exchange(other.coro_, {})) {}
  ~Task() {
    if (coro_) coro_.destroy();
  }
  Task &operator=(Task other) noexcept {
    std::swap(coro_, other.coro_);
    return *this;
  }

  TaskWithExecutor<T> scheduleOn(Executor::KeepAlive<> executor) &&;
  SemiFuture<lift_unit_t<T>> semi() &&;
  SemiFuture<lift_unit_t<T>> toUnsafeFuture() &&;

  friend auto co_viaIfAsync(Executor::KeepAlive<> executor, Task<T> task) noexcept {
    static_cast<void>(executor);
    std::exchange(task.coro_, {});
    return detail::ViaAwaiter<T>{};
  }

private:
  std::coroutine_handle<promise_type> coro_;
};

/// Immovable: has to be awaited in the full expression that creates it.
template <class T> class [[nodiscard]] now_task {
public:
  using promise_type = detail::NowPromise<T>;
  using must_use_immediately = void;
  now_task(now_task &&) = delete;
  ~now_task();
  detail::ViaAwaiter<T> unwrap() && noexcept;
};

template <class T> TaskWithExecutor<T> co_withExecutor(Executor::KeepAlive<> executor, Task<T> task);
template <class T> Task<T> co_withCancellation(CancellationToken token, Task<T> task);

template <class A> struct semi_await_result {
  using type = decltype(std::declval<A>().await_resume());
};
template <class T> struct semi_await_result<Task<T>> {
  using type = T;
};
template <class T> struct semi_await_result<now_task<T>> {
  using type = T;
};
template <class T> struct semi_await_result<TaskWithExecutor<T>> {
  using type = T;
};
template <class T> struct semi_await_result<SemiFuture<T>> {
  using type = T;
};
template <class A> using semi_await_result_t = typename semi_await_result<std::remove_cvref_t<A>>::type;

template <class A> semi_await_result_t<A> blockingWait(A &&awaitable);
template <class A> semi_await_result_t<A> blockingWait(A &&awaitable, DrivableExecutor *executor);

template <class T> struct [[nodiscard]] TryAwaitable {
  bool await_ready() noexcept;
  void await_suspend(std::coroutine_handle<> continuation) noexcept;
  Try<T> await_resume();
};
template <class A> TryAwaitable<semi_await_result_t<A>> co_awaitTry(A &&awaitable);
template <class A> A &&co_nothrow(A &&awaitable);

template <class... A> Task<std::tuple<lift_unit_t<semi_await_result_t<A>>...>> collectAll(A &&...awaitables);
template <class... A> Task<std::tuple<Try<semi_await_result_t<A>>...>> collectAllTry(A &&...awaitables);
template <class T> Task<std::vector<T>> collectAllRange(std::vector<Task<T>> tasks);
Task<void> collectAllRange(std::vector<Task<void>> tasks);
template <class T> Task<std::vector<T>> collectAllWindowed(std::vector<Task<T>> tasks, std::size_t maxConcurrency);
template <class A, class... B>
Task<std::pair<std::size_t, Try<semi_await_result_t<A>>>> collectAny(A &&first, B &&...rest);

Task<void> sleep(std::chrono::milliseconds duration);
template <class T> Task<T> timeout(Task<T> task, std::chrono::milliseconds duration);

template <class T> T co_current_value();

struct [[nodiscard]] RescheduleAwaiter {
  bool await_ready() noexcept { return false; }
  void await_suspend(std::coroutine_handle<> continuation) noexcept;
  void await_resume() noexcept {}
};
inline constexpr struct co_reschedule_on_current_executor_t {
  RescheduleAwaiter operator co_await() const noexcept { return {}; }
} co_reschedule_on_current_executor{};

/// Keeps functor and arguments alive until the task is done. Declared as folly declares customization points.
struct co_invoke_fn {
  template <class F, class... Args> auto operator()(F func, Args... args) const -> std::invoke_result_t<F, Args...> {
    co_return co_await std::invoke(static_cast<F &&>(func), static_cast<Args &&>(args)...);
  }
};
namespace folly_cpo__ { inline constexpr co_invoke_fn co_invoke{}; }
using namespace folly_cpo__;

class Baton {
public:
  struct WaitOperation {
    bool await_ready() const noexcept;
    bool await_suspend(std::coroutine_handle<> continuation) noexcept;
    void await_resume() noexcept {}
  };
  explicit Baton(bool initiallySignalled = false) noexcept;
  ~Baton();
  bool ready() const noexcept;
  void post() noexcept;
  void reset() noexcept;
  [[nodiscard]] WaitOperation operator co_await() const noexcept;
};

class Mutex {
public:
  struct [[nodiscard]] LockAwaiter {
    bool await_ready() noexcept;
    bool await_suspend(std::coroutine_handle<> continuation) noexcept;
    void await_resume() noexcept {}
  };
  struct [[nodiscard]] ScopedLockAwaiter {
    bool await_ready() noexcept;
    bool await_suspend(std::coroutine_handle<> continuation) noexcept;
    std::unique_lock<Mutex> await_resume() noexcept;
  };
  Mutex() noexcept;
  bool try_lock() noexcept;
  LockAwaiter co_lock() noexcept;
  ScopedLockAwaiter co_scoped_lock() noexcept;
  void lock();
  void unlock() noexcept;
};

class AsyncScope {
public:
  AsyncScope() noexcept;
  ~AsyncScope();
  std::size_t remaining() const noexcept;
  template <class A> void add(A &&awaitable);
  Task<void> joinAsync() noexcept;
  SemiFuture<Unit> cleanup() noexcept;
};

class CancellableAsyncScope {
public:
  CancellableAsyncScope() noexcept;
  ~CancellableAsyncScope();
  template <class A> void add(A &&awaitable);
  void requestCancellation() const noexcept;
  Task<void> cancelAndJoinAsync() noexcept;
  Task<void> joinAsync() noexcept;
};

template <class Reference, class Value = std::remove_cvref_t<Reference>> class [[nodiscard]] AsyncGenerator {
public:
  class promise_type {
  public:
    AsyncGenerator get_return_object() noexcept;
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void unhandled_exception() noexcept;
    void return_void() noexcept {}
    std::suspend_always yield_value(Reference &&value) noexcept;
    std::suspend_always yield_value(const Value &value)
      requires(!std::is_reference_v<Reference>);
    template <class A> auto await_transform(A &&awaitable) {
      using detail::co_viaIfAsync;
      return co_viaIfAsync(Executor::KeepAlive<>{}, static_cast<A &&>(awaitable));
    }
  };
  class NextResult {
  public:
    bool has_value() const noexcept;
    explicit operator bool() const noexcept;
    Reference &&value() const;
    Reference &&operator*() const;
    Value *operator->() const;
  };
  struct [[nodiscard]] NextSemiAwaitable {
    bool await_ready() noexcept { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> continuation) noexcept;
    NextResult await_resume();
  };

  AsyncGenerator() noexcept;
  AsyncGenerator(AsyncGenerator &&other) noexcept;
  AsyncGenerator &operator=(AsyncGenerator &&other) noexcept;
  ~AsyncGenerator();
  NextSemiAwaitable next() noexcept;
};

template <class T> class UnboundedQueue {
public:
  template <class U> void enqueue(U &&value);
  Task<T> dequeue();
  bool try_dequeue(T &out);
};

} // namespace coro
} // namespace folly
