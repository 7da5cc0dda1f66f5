// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// executor_future<T>: the result of work on other threads, for code outside of loops (concurrent.futures.Future). Thread-safe.
//
//   auto f = pool.submit(heavy, 42);
//   if (f.wait_for(1s)) use(f.result());
#pragma once

#include "coroguard/detail/copyable.hpp"
#include "coroguard/errors.hpp"
#include "coroguard/task.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace coroguard {

namespace detail {

template <class F, class... Args> auto bind_call(F &&f, Args &&...args) {
  return [f = std::decay_t<F>(std::forward<F>(f)), args = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)]() mutable
         -> decltype(auto) { return std::apply(std::move(f), std::move(args)); };
}

struct executor_future_base {
  enum class phase : std::uint8_t { queued, running, done, cancelled };
  mutable std::mutex mutex;
  mutable std::condition_variable changed;
  phase now = phase::queued;
  std::exception_ptr error;
  std::function<void()> on_cancel;                 ///< passes a cancellation on
  std::vector<std::function<void()>> callbacks;

  bool finished() const { return now == phase::done || now == phase::cancelled; }
  bool start() {
    std::lock_guard lock(mutex);
    if (now != phase::queued)
      return false;
    now = phase::running;
    return true;
  }
  void finish(phase how) {
    std::vector<std::function<void()>> calls;
    {
      std::lock_guard lock(mutex);
      if (finished())
        return;
      now = how;
      calls.swap(callbacks);
      changed.notify_all();
    }
    for (auto &c : calls)
      c();
  }
  bool cancel() {
    std::function<void()> pass_on;
    {
      std::lock_guard lock(mutex);
      if (finished())
        return false;
      if (now == phase::running && !on_cancel)
        return false;
      pass_on = on_cancel;
    }
    if (pass_on)
      pass_on();
    else
      finish(phase::cancelled);
    return true;
  }
};

template <class T> struct executor_future_state : executor_future_base {
  result_slot<T> slot;
  template <class F> void run(F &f) {
    try {
      if constexpr (std::is_void_v<T>)
        f();
      else
        slot.set(f());
    } catch (...) {
      error = std::current_exception();
    }
    finish(phase::done);
  }
};

} // namespace detail

/// Copies share it. Never blocks a loop by itself: inside tasks, prefer run_in_executor.
template <class T = void> class [[nodiscard]] executor_future {
public:
  executor_future() noexcept = default;
  explicit executor_future(std::shared_ptr<detail::executor_future_state<T>> s) noexcept : state_(std::move(s)) {}
  bool valid() const noexcept { return state_ != nullptr; }
  bool done() const {
    std::lock_guard lock(state().mutex);
    return state_->finished();
  }
  bool running() const {
    std::lock_guard lock(state().mutex);
    return state_->now == detail::executor_future_base::phase::running;
  }
  bool cancelled() const {
    std::lock_guard lock(state().mutex);
    return state_->now == detail::executor_future_base::phase::cancelled;
  }
  /// False if it already runs (on a thread: a running function cannot be stopped) or is done.
  bool cancel() { return state().cancel(); }
  /// Blocks the thread until done.
  void wait() const {
    std::unique_lock lock(state().mutex);
    state_->changed.wait(lock, [&] { return state_->finished(); });
  }
  /// False if it is not done in time.
  template <class Rep, class Period> bool wait_for(std::chrono::duration<Rep, Period> limit) const {
    std::unique_lock lock(state().mutex);
    return state_->changed.wait_for(lock, limit, [&] { return state_->finished(); });
  }
  /// Blocks; gives the value (a copy; a move-only one is moved out) or throws the exception or cancelled_error.
  T result() const {
    wait();
    if (cancelled())
      throw cancelled_error();
    if (state_->error)
      std::rethrow_exception(state_->error);
    if constexpr (std::is_void_v<T>)
      return;
    else if constexpr (std::is_reference_v<T>)
      return state_->slot.get();
    else if constexpr (detail::copyable<T>)
      return state_->slot.get();
    else
      return state_->slot.take();
  }
  /// As result(); timeout_error if it is not done in time.
  template <class Rep, class Period> T result(std::chrono::duration<Rep, Period> limit) const {
    if (!wait_for(limit))
      throw timeout_error();
    return result();
  }
  T get() const { return result(); }
  /// Blocks; null if there is a value.
  std::exception_ptr exception() const {
    wait();
    if (cancelled())
      throw cancelled_error();
    return state_->error;
  }
  /// Calls `f` when done, on the thread that finishes it; at once if it is done.
  void add_done_callback(std::function<void()> f) {
    {
      std::lock_guard lock(state().mutex);
      if (!state_->finished()) {
        state_->callbacks.push_back(std::move(f));
        return;
      }
    }
    f();
  }

private:
  detail::executor_future_state<T> &state() const {
    if (!state_)
      throw invalid_state_error("coroguard: this executor_future is empty");
    return *state_;
  }
  std::shared_ptr<detail::executor_future_state<T>> state_;
};

} // namespace coroguard
