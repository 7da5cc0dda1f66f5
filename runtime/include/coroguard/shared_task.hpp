// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// shared_task<T>: a lazy coroutine that runs once and may be awaited by many. Copies share it.
//
//   coroguard::shared_task<config> load() { co_return co_await read_config(); }
//   auto c = load();
//   co_await coroguard::gather(serve(c), watch(c));   // both: const config &cfg = co_await c;
#pragma once

#include "coroguard/task_handle.hpp"

namespace coroguard {

template <class T = void> class shared_task;

namespace detail {
template <class T> struct shared_promise;
template <class T> struct shared_promise final : task_promise<T> {
  explicit shared_promise(std::source_location where = std::source_location::current()) noexcept : task_promise<T>(where) {}
  shared_task<T> get_return_object();
};
extern const wait_operations shared_task_wait; ///< as future_wait, but cancelling the awaiter leaves the future alone

template <class T> struct shared_task_state {
  task<T> lazy;
  core_ref<future_core> started;
};

template <class T> struct [[nodiscard]] shared_task_awaiter : future_waiter {
  std::shared_ptr<shared_task_state<T>> state;
  explicit shared_task_awaiter(std::shared_ptr<shared_task_state<T>> s) : future_waiter({}), state(std::move(s)) {
    operations = &shared_task_wait;
  }
  shared_task_awaiter(shared_task_awaiter &&other) noexcept : future_waiter(std::move(other)), state(std::move(other.state)) {
    operations = &shared_task_wait;
  }
  bool await_ready() {
    if (!state)
      throw_empty_task();
    if (!state->started)
      state->started = spawn(current_loop(), std::move(state->lazy), {});
    core = state->started;
    return core->done();
  }
  decltype(auto) await_resume() {
    check();
    if constexpr (!std::is_void_v<T>)
      return static_cast<const std::remove_reference_t<T> &>(slot_of<T>(core.get()).get());
  }
};
} // namespace detail

/// Starts at the first await, as a task of its own. `co_await s` gives a const reference that lives as long as a copy of the
/// shared_task. A cancelled awaiter does not cancel it. Never awaited: reported as a task is.
template <class T> class [[nodiscard]] shared_task {
public:
  using promise_type = detail::shared_promise<T>;
  shared_task() noexcept = default;
  /// Makes a task shareable.
  explicit shared_task(task<T> t) : state_(std::make_shared<detail::shared_task_state<T>>()) { state_->lazy = std::move(t); }
  bool valid() const noexcept { return state_ != nullptr; }
  bool done() const noexcept { return state_ && state_->started && state_->started->done(); }
  /// Cancels the running task for all. False if not running.
  bool cancel() { return state_ && state_->started && state_->started->cancel(); }
  detail::shared_task_awaiter<T> operator co_await() const { return detail::shared_task_awaiter<T>(state_); }

private:
  std::shared_ptr<detail::shared_task_state<T>> state_;
};

namespace detail {
template <class T> shared_task<T> shared_promise<T>::get_return_object() {
  return shared_task<T>(task<T>(std::coroutine_handle<task_promise<T>>::from_promise(*this)));
}
} // namespace detail

} // namespace coroguard
