// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// task_group: tasks that end before their scope does (asyncio.TaskGroup). The first failure cancels the others and the body;
// all failures come out together as exception_group.
//
//   co_await coroguard::with_task_group([&](coroguard::task_group &g) -> coroguard::task<> {
//     for (auto &url : urls) g.create_task(fetch(url));
//     co_return;
//   });                                            // all done here
#pragma once

#include "coroguard/detail/park.hpp"
#include "coroguard/task_handle.hpp"

#include <vector>

namespace coroguard {

namespace detail {
extern const wait_operations group_wait;
}

/// Made by with_task_group; or by hand, in a task: then `co_await g.join()` before its end. Destroyed with tasks alive, it
/// cancels them and reports. Not copyable.
class task_group {
public:
  /// Belongs to the current task. Errors: invalid_state_error outside of tasks.
  task_group() : parent_(current_task()), loop_(&current_loop()) {}
  task_group(const task_group &) = delete;
  task_group &operator=(const task_group &) = delete;
  ~task_group();

  /// Starts `t` in the group. Errors: invalid_state_error once the group is shutting down or joined.
  template <class T> task_handle<T> create_task(task<T> &&t, std::string_view name = {}) {
    if (joined_ || aborting_) {
      t.discard();
      throw invalid_state_error(joined_ ? "coroguard: this task group is finished" : "coroguard: this task group is shutting down");
    }
    auto core = detail::spawn(*loop_, std::move(t), name, true);
    adopt(core);
    return task_handle<T>(std::move(core));
  }
  /// Waits for all members. Errors: exception_group; cancelled_error.
  task<> join() { return leave(nullptr); }
  /// Cancels all members.
  void cancel() { abort(); }
  std::size_t size() const noexcept { return members_.size(); }

  // --- for the library: the end of the scope, with the exception of the body if there was one
  task<> leave(std::exception_ptr from_body);

private:
  struct member : detail::list_node, detail::done_node, detail::ready_node, detail::pooled {
    task_group *group = nullptr;
    bool queued = false; ///< its end is noted in the next batch, as asyncio's callback
    detail::core_ref<detail::future_core> core;
  };
  void adopt(const detail::core_ref<detail::future_core> &core);
  void member_done(member *m);
  void abort() noexcept;
  any_task parent_;
  event_loop *loop_;
  detail::list<member> members_; ///< owned; oldest first
  std::vector<std::exception_ptr> errors_;
  detail::list<detail::park> waiters_;
  bool aborting_ = false, joined_ = false, parent_cancel_requested_ = false;
};

namespace detail {
template <class F, class T> task<T> run_group(F body) {
  task_group group;
  std::exception_ptr failed;
  if constexpr (std::is_void_v<T>) {
    try {
      co_await body(group);
    } catch (...) {
      failed = std::current_exception();
    }
    co_await group.leave(failed);
  } else {
    std::optional<T> value;
    try {
      value.emplace(co_await body(group));
    } catch (...) {
      failed = std::current_exception();
    }
    co_await group.leave(failed);
    co_return std::move(*value);
  }
}
} // namespace detail

/// Runs `body(group)`, a coroutine, then waits for the members; gives what the body gave. Errors: exception_group if the body
/// or members failed; cancelled_error if the calling task was cancelled.
template <class F>
  requires std::invocable<F &, task_group &>
auto with_task_group(F body) -> task<await_result_t<std::invoke_result_t<F &, task_group &>>> {
  return detail::run_group<F, await_result_t<std::invoke_result_t<F &, task_group &>>>(std::move(body));
}

} // namespace coroguard
