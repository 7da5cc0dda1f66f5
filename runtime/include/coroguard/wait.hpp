// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wait and as_completed: watch several tasks or futures without touching them (asyncio.wait, as_completed).
//
//   auto [done, pending] = co_await coroguard::wait(tasks, coroguard::first_completed);
//   auto results = coroguard::as_completed(tasks);
//   while (auto t = co_await results.next()) use(t->result());
#pragma once

#include "coroguard/async_generator.hpp"
#include "coroguard/queue.hpp"
#include "coroguard/task_handle.hpp"
#include "coroguard/timeout.hpp"

#include <deque>
#include <vector>

namespace coroguard {

enum class return_when : std::uint8_t { all_completed, first_completed, first_exception };
inline constexpr return_when all_completed = return_when::all_completed;
inline constexpr return_when first_completed = return_when::first_completed;
inline constexpr return_when first_exception = return_when::first_exception;

template <class Handle> struct wait_result {
  std::vector<Handle> done, pending; ///< each in the order given
};

namespace detail {

extern const wait_operations wait_wait;

/// Waits until enough of the cores are done or the time is over. Never cancels them.
struct wait_awaiter : native_awaiter, waiter {
  struct node : done_node {
    wait_awaiter *owner = nullptr;
  };
  struct hop : ready_node {
    wait_awaiter *owner = nullptr;
  };
  std::vector<core_ref<future_core>> cores;
  std::vector<node> nodes;
  return_when condition;
  std::optional<duration> limit;
  task_core *task = nullptr;
  std::size_t missing = 0;
  bool finished = false;
  hop arrival;
  bool hop_queued = false;
  callback_handle timer;

  wait_awaiter(std::vector<core_ref<future_core>> c, return_when w, std::optional<duration> l);
  wait_awaiter(wait_awaiter &&other) noexcept;
  ~wait_awaiter();
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> h) {
    task = current_task_core();
    task->suspend(h, this);
    begin();
  }
  void await_resume() {
    finish();
    task->check_cancelled();
  }
  void begin();
  void finish() noexcept;
  void one_done(future_core *core);
  void wake_later() noexcept;
};

template <class H> std::vector<core_ref<future_core>> cores_of(const std::vector<H> &handles) {
  std::vector<core_ref<future_core>> cores;
  cores.reserve(handles.size());
  for (auto &h : handles) {
    (void)h.core(); // throws if empty
    cores.push_back(h.ref());
  }
  return cores;
}

} // namespace detail

/// Waits until all (or the first, or the first failing) of `handles` are done, or `limit` is over; then says which are.
/// Nothing is cancelled and no exception is thrown for them. Errors: std::invalid_argument if `handles` is empty.
template <class H>
  requires std::derived_from<H, any_future>
task<wait_result<H>> wait(std::vector<H> handles, return_when condition = all_completed, std::optional<duration> limit = {}) {
  if (handles.empty())
    throw std::invalid_argument("coroguard: wait() needs at least one task or future");
  co_await detail::wait_awaiter(detail::cores_of(handles), condition, limit);
  wait_result<H> r;
  for (auto &h : handles)
    (h.done() ? r.done : r.pending).push_back(h);
  co_return r;
}
template <class H>
  requires std::derived_from<H, any_future>
task<wait_result<H>> wait(std::vector<H> handles, duration limit) {
  return wait(std::move(handles), all_completed, limit);
}

/// Gives the handles as they finish. Errors: timeout_error from next() once `limit` is over.
template <class H>
  requires std::derived_from<H, any_future>
async_generator<H> as_completed(std::vector<H> handles, std::optional<duration> limit = {}) {
  constexpr auto too_late = std::size_t(-1); // comes through the queue as well, so after what has finished before
  auto finished = std::make_shared<queue<std::size_t>>();
  for (std::size_t i = 0; i < handles.size(); ++i)
    handles[i].add_done_callback([finished, i] { finished->put_nowait(i); });
  struct alarm {
    callback_handle timer;
    ~alarm() { timer.cancel(); }
  } deadline;
  if (limit && !handles.empty())
    deadline.timer = current_loop().call_later(*limit, [finished] { finished->put_nowait(too_late); });
  for (std::size_t left = handles.size(); left > 0; --left) {
    std::size_t i = co_await finished->get();
    if (i == too_late)
      throw timeout_error();
    co_yield handles[i];
  }
}

} // namespace coroguard
