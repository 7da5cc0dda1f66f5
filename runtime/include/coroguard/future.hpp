// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// future<T> and promise<T>: a result that somebody sets later. Any number of tasks may await a future. States as in
// asyncio: pending, done (value or exception), cancelled.
//
//   coroguard::task<int> program() {
//     coroguard::promise<int> p;
//     coroguard::current_loop().call_soon([&] { p.set_value(42); });
//     co_return co_await p.get_future();
//   }
#pragma once

#include "coroguard/detail/copyable.hpp"
#include "coroguard/event_loop.hpp"
#include "coroguard/task.hpp"

namespace coroguard {

namespace detail {

extern const wait_operations future_wait;

template <class T> struct future_state : future_core {
  result_slot<T> slot;
  static const future_operations table;
  explicit future_state(event_loop *l, const future_operations *ops = &table) noexcept : future_core(ops, l) {}
};
template <class T> struct task_state final : task_core {
  result_slot<T> slot;
  static const future_operations table;
  task_state(event_loop *l, std::coroutine_handle<task_promise<T>> h, bool internal) noexcept
      : task_core(&table, l, h, offset_of_promise(h), internal) {}
  /// What the outermost coroutine of every such task continues with: its task is the one being stepped.
  static const completion_frame stand_in;
  static void complete(void *frame);
  static void destroy(future_core *f) noexcept;
  /// Nothing is left in it but its value.
  bool is_plain() const noexcept { return state == outcome::value && !annex; }
  void destroy_plain() noexcept {
    slot.~result_slot<T>();
    operator delete(this, sizeof *this);
  }
  /// Asks for the memory of a task that will be looked at soon.
  static void prefetch(future_core *f) noexcept {
    __builtin_prefetch(f, 1);
    __builtin_prefetch(reinterpret_cast<char *>(f) + sizeof(task_state) - 1, 1);
  }
};
bool cancel_plain_future(future_core *f);

template <class T>
const future_operations future_state<T>::table = {
    [](future_core *f) noexcept {
      f->report_unretrieved();
      delete static_cast<future_state *>(f);
    },
    &cancel_plain_future, "future"};

template <class T> result_slot<T> &slot_of(future_core *core) noexcept {
  if (core->is_task)
    return static_cast<task_state<T> *>(static_cast<task_core *>(core))->slot;
  return static_cast<future_state<T> *>(core)->slot;
}

/// Suspends the current task until a future core is done.
struct future_waiter : native_awaiter, waiter, done_node {
  core_ref<future_core> core;
  task_core *task = nullptr;
  explicit future_waiter(core_ref<future_core> c) noexcept : core(std::move(c)) {
    operations = &future_wait;
    on_done = [](done_node *node, future_core *) { static_cast<future_waiter *>(node)->task->wake(); };
  }
  future_waiter(future_waiter &&other) noexcept : core(std::move(other.core)) { // only before suspension
    operations = &future_wait;
    on_done = other.on_done;
  }
  bool await_ready() const {
    if (!core) [[unlikely]]
      throw_no_state();
    return core->done();
  }
  template <class P> void await_suspend(std::coroutine_handle<P> h) {
    task = current_task_core();
    if (core->is_task && static_cast<task_core *>(core.get()) == task) [[unlikely]]
      throw_self_await();
    core->callbacks.add(this);
    task->suspend(h, this);
  }
  void check() {
    if (task) {
      task->check_cancelled();
      if (core->state == outcome::cancelled && task->extras()) [[unlikely]]
        task->forget_cancel_message();
    }
    core->rethrow_if_failed();
  }
  [[noreturn]] static void throw_no_state();
  [[noreturn]] static void throw_self_await();
};

template <class T> struct future_awaiter : future_waiter {
  bool sole; ///< awaited as an rvalue: the value may be moved out if nobody else holds the future
  future_awaiter(core_ref<future_core> c, bool rvalue) noexcept : future_waiter(std::move(c)), sole(rvalue) {}
  future_awaiter(future_awaiter &&) noexcept = default;
  T await_resume() {
    check();
    if constexpr (std::is_void_v<T>) {
      return;
    } else if constexpr (std::is_reference_v<T>) {
      return slot_of<T>(core.get()).get();
    } else {
      auto &slot = slot_of<T>(core.get());
      if constexpr (copyable<T>) {
        if (!(sole && core->references == 1))
          return slot.get();
        return slot.take();
      } else {
        if (!slot.has_value())
          throw invalid_state_error("coroguard: the move-only result of this future was already taken");
        T value = slot.take();
        slot.reset();
        return value;
      }
    }
  }
};

void add_user_callback(future_core *core, std::function<void()> f);
/// Frees a callback that will never run; false if `node` is none.
bool drop_callback(ready_node *node) noexcept;

/// The value of a finished core: moved out if `core` is the only owner, else copied; move-only values are moved out.
template <class T> decltype(auto) fetch(const core_ref<future_core> &core) {
  if constexpr (std::is_void_v<T>) {
    return;
  } else if constexpr (std::is_reference_v<T>) {
    return static_cast<T>(slot_of<T>(core.get()).get());
  } else if constexpr (copyable<T>) {
    if (core->references > 1)
      return T(slot_of<T>(core.get()).get());
    return T(slot_of<T>(core.get()).take());
  } else {
    return T(slot_of<T>(core.get()).take());
  }
}

} // namespace detail

/// What futures and tasks have in common, whatever their result. Copies share the state. Loop thread only.
class any_future {
public:
  any_future() noexcept = default;
  explicit any_future(detail::core_ref<detail::future_core> core) noexcept : core_(std::move(core)) {}
  bool valid() const noexcept { return bool(core_); }
  /// Has a value, an exception, or was cancelled.
  bool done() const { return core().done(); }
  bool cancelled() const { return core().state == detail::outcome::cancelled; }
  /// Asks for cancellation. A plain future is cancelled at once; a task gets cancelled_error at its suspension point and
  /// may refuse. False if already done.
  bool cancel() { return core().cancel(); }
  /// The exception, or null if there is a value. Counts as seen. Errors: invalid_state_error if pending,
  /// cancelled_error if cancelled.
  std::exception_ptr exception() const;
  /// Calls `f(*this)` (or `f()`) in the batch after completion, in order of registration; soon, if already done.
  template <class F> void add_done_callback(F f) {
    if constexpr (std::invocable<F &>)
      detail::add_user_callback(&core(), std::function<void()>([f = std::move(f)]() mutable { f(); }));
    else
      detail::add_user_callback(&core(), std::function<void()>([f = std::move(f), self = core_.get()]() mutable {
        f(any_future(detail::core_ref<detail::future_core>::share(self)));
      }));
  }
  friend bool operator==(const any_future &a, const any_future &b) noexcept { return a.core_.get() == b.core_.get(); }
  /// Waits for the end and throws what went wrong; the value, if any, stays.
  auto operator co_await() const noexcept {
    struct awaiter : detail::future_waiter {
      using future_waiter::future_waiter;
      void await_resume() { check(); }
    };
    return awaiter(core_);
  }

  detail::future_core &core() const {
    if (!core_) [[unlikely]]
      detail::future_waiter::throw_no_state();
    return *core_;
  }
  const detail::core_ref<detail::future_core> &ref() const noexcept { return core_; }
  detail::core_ref<detail::future_core> take_ref() && noexcept { return std::move(core_); }

protected:
  detail::core_ref<detail::future_core> core_;
};

/// A result that will come. `co_await f` gives a copy of the value (a move-only value is moved out, once) or throws.
/// Cancelling the awaiting task cancels the future; use `shield` to prevent that.
template <class T = void> class [[nodiscard]] future : public any_future {
public:
  using value_type = T;
  using any_future::any_future;
  /// The value, without waiting. Errors: invalid_state_error if pending; cancelled_error; the exception.
  decltype(auto) result() const {
    core().rethrow_if_failed();
    if constexpr (!std::is_void_v<T>)
      return static_cast<const std::remove_reference_t<T> &>(detail::slot_of<T>(&core()).get());
  }
  template <class F> void add_done_callback(F f) {
    if constexpr (std::invocable<F &>)
      any_future::add_done_callback(std::move(f));
    else
      any_future::add_done_callback([f = std::move(f)](any_future self) mutable { f(future(self.ref())); });
  }
  detail::future_awaiter<T> operator co_await() const & noexcept { return {core_, false}; }
  detail::future_awaiter<T> operator co_await() && noexcept { return {std::move(core_), true}; }
};

/// The setting end of a future. Move-only. Destroyed unset, its future fails with invalid_state_error ("broken promise").
/// Loop thread only; from elsewhere go through call_soon_threadsafe.
template <class T = void> class promise {
public:
  /// Belongs to the running loop. Errors: no_running_loop_error.
  promise() : promise(current_loop()) {}
  explicit promise(event_loop &loop)
      : state_(detail::core_ref<detail::future_state<T>>::adopt(new detail::future_state<T>(&loop))) {}
  promise(promise &&) noexcept = default;
  promise &operator=(promise &&other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~promise() {
    if (state_ && !state_->done() && state_->references > 1)
      set_exception(std::make_exception_ptr(invalid_state_error("coroguard: the promise was destroyed without a result")));
  }
  future<T> get_future() const { return future<T>(detail::core_ref<detail::future_core>::share(open())); }
  bool done() const { return open()->done(); }
  bool cancelled() const { return open()->state == detail::outcome::cancelled; }
  /// Errors: invalid_state_error if already done (also by cancellation).
  template <class... U>
    requires(sizeof...(U) == (std::is_void_v<T> ? 0 : 1))
  void set_value(U &&...value) {
    auto *s = pending();
    s->slot.set(std::forward<U>(value)...);
    s->finish(detail::outcome::value);
  }
  template <class... U> void set_result(U &&...value) { set_value(std::forward<U>(value)...); }
  void set_exception(std::exception_ptr e) { pending()->fail(std::move(e)); }
  template <class E>
    requires(!std::same_as<std::remove_cvref_t<E>, std::exception_ptr>)
  void set_exception(E e) {
    set_exception(std::make_exception_ptr(std::move(e)));
  }
  bool cancel() { return open()->cancel(); }

private:
  detail::future_state<T> *open() const {
    if (!state_)
      throw invalid_state_error("coroguard: this promise was moved from");
    return state_.get();
  }
  detail::future_state<T> *pending() {
    auto *s = open();
    s->loop->check_thread("promise::set_value");
    if (s->done())
      throw invalid_state_error("coroguard: this future is already done");
    return s;
  }
  detail::core_ref<detail::future_state<T>> state_;
};

} // namespace coroguard
