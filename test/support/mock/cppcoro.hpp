// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shape of cppcoro's API for rule tests: names, signatures, laziness and drop semantics, nearly no bodies.
// Not cppcoro: nothing here runs.
#pragma once

#include "mock.hpp"

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iterator>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace cppcoro {

template <class T = void> class task;
template <class T = void> class shared_task;

class broken_promise : public std::exception {};
class operation_cancelled : public std::exception {};

namespace detail {

class task_promise_base {
  struct final_awaitable {
    bool await_ready() const noexcept { return false; }
    template <class P> std::coroutine_handle<> await_suspend(std::coroutine_handle<P> self) noexcept {
      return self.promise().continuation_;
    }
    void await_resume() noexcept {}
  };

public:
  auto initial_suspend() noexcept { return std::suspend_always{}; }
  auto final_suspend() noexcept { return final_awaitable{}; }
  void set_continuation(std::coroutine_handle<> continuation) noexcept { continuation_ = continuation; }
  std::coroutine_handle<> continuation_;
};

template <class T> class task_promise final : public task_promise_base {
public:
  task<T> get_return_object() noexcept;
  void unhandled_exception() noexcept;
  template <class V>
    requires std::is_convertible_v<V &&, T>
  void return_value(V &&value);
  T &result() &;
  T &&result() &&;
};
template <class T> class task_promise<T &> : public task_promise_base {
public:
  task<T &> get_return_object() noexcept;
  void unhandled_exception() noexcept;
  void return_value(T &value) noexcept;
  T &result();
};
template <> class task_promise<void> : public task_promise_base {
public:
  task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void unhandled_exception() noexcept;
  void result();
};

template <class T> class shared_task_promise : public task_promise_base {
public:
  shared_task<T> get_return_object() noexcept;
  void unhandled_exception() noexcept;
  template <class V> void return_value(V &&value);
  T &result();
};
template <> class shared_task_promise<void> : public task_promise_base {
public:
  shared_task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void unhandled_exception() noexcept;
  void result();
};

} // namespace detail

template <class T> class [[nodiscard]] task {
public:
  using promise_type = detail::task_promise<T>;
  using value_type = T;

private:
  struct awaitable_base {
    std::coroutine_handle<promise_type> coroutine_;
    bool await_ready() const noexcept { return !coroutine_ || coroutine_.done(); }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
      coroutine_.promise().set_continuation(awaiting);
      return coroutine_;
    }
  };

public:
  task() noexcept : coroutine_(nullptr) {}
  explicit task(std::coroutine_handle<promise_type> coroutine) : coroutine_(coroutine) {}
  task(task &&other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  task(const task &) = delete;
  task &operator=(const task &) = delete;
  ~task() {
    if (coroutine_) coroutine_.destroy();
  }
  task &operator=(task &&other) noexcept {
    std::swap(coroutine_, other.coroutine_);
    return *this;
  }
  bool is_ready() const noexcept { return !coroutine_ || coroutine_.done(); }

  auto operator co_await() const & noexcept {
    struct awaitable : awaitable_base {
      decltype(auto) await_resume() { return this->coroutine_.promise().result(); }
    };
    return awaitable{{coroutine_}};
  }
  auto operator co_await() const && noexcept {
    struct awaitable : awaitable_base {
      decltype(auto) await_resume() { return std::move(this->coroutine_.promise()).result(); }
    };
    return awaitable{{coroutine_}};
  }
  auto when_ready() const noexcept {
    struct awaitable : awaitable_base {
      void await_resume() const noexcept {}
    };
    return awaitable{{coroutine_}};
  }

private:
  std::coroutine_handle<promise_type> coroutine_;
};

/// Copyable, may be awaited many times.
template <class T> class [[nodiscard]] shared_task {
public:
  using promise_type = detail::shared_task_promise<T>;
  shared_task() noexcept;
  shared_task(shared_task &&other) noexcept;
  shared_task(const shared_task &other) noexcept;
  shared_task &operator=(shared_task other) noexcept;
  ~shared_task();
  bool is_ready() const noexcept;
  auto operator co_await() const noexcept {
    struct awaitable {
      bool await_ready() const noexcept { return false; }
      bool await_suspend(std::coroutine_handle<> awaiting) noexcept;
      decltype(auto) await_resume() { return mock::some<promise_type &>().result(); }
    };
    return awaitable{};
  }
};

template <class A> struct awaitable_traits {
  using await_result_t = decltype(std::declval<A>().operator co_await().await_resume());
};
template <class A>
  requires requires(A a) { a.await_resume(); }
struct awaitable_traits<A> {
  using await_result_t = decltype(std::declval<A>().await_resume());
};

template <class A> auto sync_wait(A &&awaitable) -> typename awaitable_traits<A &&>::await_result_t;

template <class... A> struct [[nodiscard]] when_all_awaitable {
  bool await_ready() noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) noexcept;
  std::tuple<A...> await_resume();
};
template <class T> struct [[nodiscard]] when_all_vector {
  bool await_ready() noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> awaiting) noexcept;
  T await_resume();
};
template <class T> struct when_all_value {
  using type = T;
};
template <> struct when_all_value<void> {
  using type = std::tuple<>;
};

template <class... T> [[nodiscard]] when_all_awaitable<typename when_all_value<T>::type...> when_all(task<T>... tasks);
template <class T> [[nodiscard]] when_all_vector<std::vector<T>> when_all(std::vector<task<T>> tasks);
[[nodiscard]] when_all_vector<void> when_all(std::vector<task<void>> tasks);
template <class T> class when_all_task {
public:
  T &result();
};
template <class... T>
[[nodiscard]] when_all_awaitable<when_all_task<typename when_all_value<T>::type>...> when_all_ready(task<T>... tasks);
template <class T>
[[nodiscard]] when_all_vector<std::vector<when_all_task<T>>> when_all_ready(std::vector<task<T>> tasks);

template <class T> class [[nodiscard]] generator {
public:
  class promise_type {
  public:
    generator get_return_object() noexcept;
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    std::suspend_always yield_value(std::remove_reference_t<T> &value) noexcept;
    std::suspend_always yield_value(std::remove_reference_t<T> &&value) noexcept;
    void unhandled_exception();
    void return_void() {}
    template <class U> std::suspend_never await_transform(U &&value) = delete;
  };
  class iterator {
  public:
    using iterator_category = std::input_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = std::remove_reference_t<T>;
    iterator &operator++();
    void operator++(int);
    value_type &operator*() const;
    bool operator==(std::default_sentinel_t) const;
  };
  generator(generator &&other) noexcept;
  ~generator();
  iterator begin();
  std::default_sentinel_t end() noexcept { return {}; }
};

template <class T> class [[nodiscard]] async_generator {
public:
  class promise_type {
  public:
    async_generator get_return_object() noexcept;
    std::suspend_always initial_suspend() const noexcept { return {}; }
    std::suspend_always final_suspend() const noexcept { return {}; }
    std::suspend_always yield_value(std::remove_reference_t<T> &value) noexcept;
    std::suspend_always yield_value(std::remove_reference_t<T> &&value) noexcept;
    void unhandled_exception() noexcept;
    void return_void() noexcept {}
  };
  class iterator;
  struct increment_operation {
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) noexcept;
    iterator &await_resume();
  };
  struct begin_operation {
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) noexcept;
    iterator await_resume();
  };
  class iterator {
  public:
    increment_operation operator++() noexcept;
    std::remove_reference_t<T> &operator*() const noexcept;
    std::remove_reference_t<T> *operator->() const noexcept;
    bool operator==(const iterator &other) const noexcept;
  };
  async_generator() noexcept;
  async_generator(async_generator &&other) noexcept;
  async_generator &operator=(async_generator &&other) noexcept;
  ~async_generator();
  begin_operation begin() noexcept;
  iterator end() noexcept;
};

class async_mutex_lock {
public:
  async_mutex_lock(async_mutex_lock &&other) noexcept;
  ~async_mutex_lock();
};

class async_mutex {
public:
  struct [[nodiscard]] lock_operation {
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) noexcept;
    void await_resume() const noexcept {}
  };
  struct [[nodiscard]] scoped_lock_operation {
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) noexcept;
    [[nodiscard]] async_mutex_lock await_resume() const noexcept;
  };
  async_mutex() noexcept;
  ~async_mutex();
  bool try_lock() noexcept;
  lock_operation lock_async() noexcept;
  scoped_lock_operation scoped_lock_async() noexcept;
  void unlock();
};

class single_consumer_event {
public:
  struct awaiter {
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) noexcept;
    void await_resume() noexcept {}
  };
  void set();
  bool is_set() const noexcept;
  void reset() noexcept;
  awaiter operator co_await() noexcept;
};

class async_manual_reset_event {
public:
  explicit async_manual_reset_event(bool initially_set = false) noexcept;
  void set() noexcept;
  bool is_set() const noexcept;
  void reset() noexcept;
  single_consumer_event::awaiter operator co_await() const noexcept;
};

class async_scope {
public:
  async_scope() noexcept;
  ~async_scope();
  template <class A> void spawn(A &&awaitable);
  [[nodiscard]] single_consumer_event::awaiter join() noexcept;
};

class cancellation_token {
public:
  bool can_be_cancelled() const noexcept;
  bool is_cancellation_requested() const noexcept;
  void throw_if_cancellation_requested() const;
};
class cancellation_source {
public:
  cancellation_token token() const noexcept;
  void request_cancellation();
};

class static_thread_pool {
public:
  struct schedule_operation {
    bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiting) noexcept;
    void await_resume() noexcept {}
  };
  static_thread_pool();
  explicit static_thread_pool(std::uint32_t threads);
  [[nodiscard]] schedule_operation schedule() noexcept;
  std::uint32_t thread_count() const noexcept;
};

class io_service {
public:
  struct schedule_operation {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiting) noexcept;
    void await_resume() const noexcept {}
  };
  io_service();
  ~io_service();
  [[nodiscard]] schedule_operation schedule() noexcept;
  template <class R, class P>
  [[nodiscard]] schedule_operation schedule_after(std::chrono::duration<R, P> delay,
                                                  cancellation_token token = {}) noexcept;
  std::uint64_t process_events();
  std::uint64_t process_pending_events();
  std::uint64_t process_one_event();
  void stop() noexcept;
};

class io_work_scope {
public:
  explicit io_work_scope(io_service &service) noexcept;
  ~io_work_scope();
};

template <class S, class T> [[nodiscard]] task<T> schedule_on(S &scheduler, task<T> awaitable);
template <class S, class T> [[nodiscard]] task<T> resume_on(S &scheduler, task<T> awaitable);
template <class F> class on_scope_exit_guard {
public:
  ~on_scope_exit_guard();
};
template <class F> on_scope_exit_guard<F> on_scope_exit(F func) {
  mock::opaque(&func);
  return mock::some<on_scope_exit_guard<F>>();
}
template <class T> shared_task<T> make_shared_task(task<T> t);

} // namespace cppcoro
