// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// create_task and task_handle<T>: a coroutine running on its own, and what one may ask of it.
//
//   coroguard::task<> program() {
//     auto h = coroguard::create_task(download(url), "download");
//     co_await coroguard::sleep(1s);              // h runs meanwhile
//     if (!h.done()) h.cancel();
//   }
//
// The loop keeps started tasks alive: dropping a handle detaches, it does not cancel.
#pragma once

#include "coroguard/future.hpp"

namespace coroguard {

/// A task, whatever its result.
class any_task : public any_future {
public:
  any_task() noexcept = default;
  explicit any_task(detail::core_ref<detail::future_core> core) noexcept : any_future(std::move(core)) {}
  template <class T> any_task(const task_handle<T> &h) noexcept;
  /// "task-7" unless named.
  const std::string &name() const { return task().name(); }
  void set_name(std::string name) { task().set_name(std::move(name)); }
  std::uint64_t id() const { return task().id(); }
  using any_future::cancel;
  /// As cancel(); the message is in cancelled_error::what().
  bool cancel(std::string message) { return !core().done() && task().request_cancel(std::move(message)); }
  /// Requests of cancellation not taken back yet.
  std::uint32_t cancelling() const { return task().cancel_requests; }
  /// Takes one request back and returns how many are left; at 0 a cancellation not yet delivered is dropped.
  std::uint32_t uncancel() { return task().uncancel(); }
  /// Where the task is suspended, innermost first.
  std::vector<stack_entry> stack() const;

private:
  detail::task_core &task() const { return static_cast<detail::task_core &>(core()); }
};

/// A started task; also a future<T>. Copies share it. Awaiting gives its result or throws its exception; cancelling the
/// awaiting task cancels this one too.
template <class T = void> class task_handle : public future<T> {
public:
  task_handle() noexcept = default;
  explicit task_handle(detail::core_ref<detail::future_core> core) noexcept : future<T>(std::move(core)) {}
  const std::string &name() const { return any().name(); }
  void set_name(std::string name) { any().set_name(std::move(name)); }
  std::uint64_t id() const { return any().id(); }
  using future<T>::cancel;
  bool cancel(std::string message) { return any().cancel(std::move(message)); }
  std::uint32_t cancelling() const { return any().cancelling(); }
  std::uint32_t uncancel() { return any().uncancel(); }
  std::vector<stack_entry> stack() const { return any().stack(); }
  template <class F> void add_done_callback(F f) {
    if constexpr (std::invocable<F &>)
      any_future::add_done_callback(std::move(f));
    else
      any_future::add_done_callback([f = std::move(f)](any_future self) mutable { f(task_handle(self.ref())); });
  }

private:
  any_task any() const { return any_task(*this); }
};

template <class T> any_task::any_task(const task_handle<T> &h) noexcept : any_future(h.ref()) {}

/// The running task. Errors: invalid_state_error outside of tasks (in plain callbacks).
inline any_task current_task() {
  return any_task(detail::core_ref<detail::future_core>::share(detail::current_task_core()));
}

/// Starts `t` on the running loop, in the next batch. Errors: no_running_loop_error; invalid_state_error if `t` is empty.
template <class T> [[gnu::always_inline]] inline task_handle<T> create_task(task<T> &&t, std::string_view name = {}) {
  return current_loop().create_task(std::move(t), name);
}

namespace detail {

void check_spawn(event_loop &loop, bool has_coroutine); ///< what a start may find wrong
/// What few tasks have at their start: a context, a name, debug mode. If memory ends, the task ends before it began.
void describe_start(task_core *core, std::string_view name);
void task_completed(task_core *core, outcome how) noexcept; ///< outside of its steps; its error is set already
outcome task_failed(task_core *core, std::exception_ptr &error) noexcept; ///< by an exception, or cancelled in its last step
bool cancel_task(future_core *f);
void forget_annex(task_core *core) noexcept;
std::exception_ptr take_cancellation(task_core *core); ///< null if there is no message
bool is_cancelled_error(const std::exception_ptr &e) noexcept;

template <class T> const future_operations task_state<T>::table = {&task_state::destroy, &cancel_task, "task"};
template <class T> const completion_frame task_state<T>::stand_in = {&task_state::complete, nullptr};

template <class T> void task_state<T>::destroy(future_core *f) noexcept {
  auto *self = static_cast<task_state *>(f);
  if (self->is_plain()) [[likely]]
    return self->destroy_plain();
  if (self->state == outcome::error && !self->quiet)
    self->report_unretrieved();
  if (self->annex)
    forget_annex(self);
  delete self;
}

template <class T> void task_state<T>::complete(void *) {
  auto *self = static_cast<task_state *>(this_thread.task);
  auto root = std::coroutine_handle<task_promise<T>>::from_address(self->root.address());
  auto &promise = root.promise();
  outcome how = outcome::value;
  if (promise.error || self->must_cancel) [[unlikely]] {
    how = task_failed(self, promise.error);
  } else if constexpr (!std::is_void_v<T>) {
    if constexpr (std::is_nothrow_move_constructible_v<T>) {
      self->slot.set(promise.slot.take());
    } else {
      try {
        self->slot.set(promise.slot.take());
      } catch (...) {
        self->error = std::current_exception();
        how = outcome::error;
      }
    }
  }
  self->root = nullptr;
  root.destroy();
  self->ended(how);
}

/// Makes the record of `h`. Both references are taken.
template <class T>
[[gnu::always_inline]] inline task_state<T> *make_record(event_loop &loop, task<T> &t, bool quiet) {
  auto *block = task_state<T>::operator new(sizeof(task_state<T>)); // before anything is taken from `t`
  auto h = t.release();
  auto &promise = h.promise();
  promise.continuation = std::coroutine_handle<>::from_address(const_cast<completion_frame *>(&task_state<T>::stand_in));
  promise.caller = nullptr;
  return ::new (block) task_state<T>(&loop, h, quiet);
}

/// As spawn, where there is more to do or to refuse.
template <class T>
[[gnu::noinline]] core_ref<future_core> spawn_with_care(event_loop &loop, task<T> &&t, std::string_view name, bool quiet) {
  check_spawn(loop, t.valid());
  auto *state = make_record(loop, t, quiet);
  describe_start(state, name);
  loop.admit(state);
  return core_ref<future_core>::adopt(state);
}

/// Makes a task record for `t` and puts it into the ready queue. The result holds one reference, the loop another.
template <class T>
[[gnu::always_inline]] inline core_ref<future_core> spawn(event_loop &loop, task<T> &&t, std::string_view name, bool quiet = false) {
  if (!name.empty() || !loop.spawns_plainly() || !t.valid()) [[unlikely]]
    return spawn_with_care(loop, std::move(t), name, quiet);
  auto *state = make_record(loop, t, quiet);
  loop.admit(state);
  return core_ref<future_core>::adopt(state);
}

} // namespace detail

template <class T> [[gnu::always_inline]] inline task_handle<T> event_loop::create_task(task<T> &&t, std::string_view name) {
  return task_handle<T>(detail::spawn(*this, std::move(t), name));
}
template <class T> T event_loop::run_until_complete(future<T> main) {
  run_main(&main.core());
  if constexpr (std::is_void_v<T>)
    main.result();
  else if constexpr (std::is_reference_v<T>)
    return (main.core().rethrow_if_failed(), detail::slot_of<T>(&main.core()).get());
  else
    return (main.core().rethrow_if_failed(), detail::slot_of<T>(&main.core()).take());
}
template <class T> T event_loop::run_until_complete(task_handle<T> main) {
  return run_until_complete(future<T>(main.ref()));
}
template <class T> T event_loop::run_until_complete(task<T> main) {
  return run_until_complete(create_task(std::move(main)));
}

} // namespace coroguard
