// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Debug mode: the texts of its reports, and the async stacks of exceptions.
#include "runtime/aio/debug.hpp"
#include "coroguard/debug.hpp"

#include <algorithm>
#include <cstdio>
#include <execinfo.h>
#include <pthread.h>

namespace coroguard {
namespace detail {

std::string thread_name() {
  char name[32] = "";
  ::pthread_getname_np(::pthread_self(), name, sizeof name);
  return name;
}

// --- reports -----------------------------------------------------------------------------------------------------

static report make_report(const char *rule, const char *kind, std::string message) {
  report r;
  r.rule = rule;
  r.kind = kind;
  r.message = std::move(message);
  r.thread = thread_name();
  if (auto *loop = this_thread.loop)
    r.loop = loop->name();
  return r;
}

static void place(report &r, const std::source_location &where, const char *function) {
  r.function = pretty_function(function);
  r.file = where.file_name();
  r.line = where.line();
}

void report_never_awaited(const promise_base *promise) noexcept {
  if (std::uncaught_exceptions() > 0)
    return; // dropped by an exception on its way: the exception is the news
  try {
    auto r = make_report("async-unawaited-task", "task",
                         "the task of coroutine '" + pretty_function(promise->made.function_name()) + "' was never awaited");
    r.help = "co_await it, give it to create_task, or call discard() if that is meant";
    place(r, promise->made, promise->made.function_name());
    r.stack = {promise->called_at};
    if (auto *task = this_thread.task; task && task->leaf()) // the task's last known place: where it was dropped
      append_stack(r.async_stack, task->leaf());
    emit_report(r);
  } catch (...) {
  }
}

/// The task's suspended coroutines, and the innermost one's line as the place.
static void place_at_leaf(report &r, const task_core *task) {
  r.async_stack = async_stack_of(task);
  if (r.async_stack.empty())
    return;
  r.function = r.async_stack[0].function;
  r.file = r.async_stack[0].file;
  r.line = r.async_stack[0].line;
}

void report_pending_destroyed(task_core *task) noexcept {
  try {
    auto r = make_report("async-unawaited-task", "task", "task '" + task->name() + "' was destroyed while it was pending; it waited for " + describe_wait(task));
    r.help = "await it or cancel it before the loop is closed";
    if (auto *x = task->extras())
      r.stack = x->created_at;
    place_at_leaf(r, task);
    emit_report(r);
  } catch (...) {
  }
}

void report_leftovers(event_loop &loop) noexcept {
  try {
    std::string list;
    std::size_t n = 0;
    loop.live_tasks().each([&](list_node *node) {
      auto *task = task_core::from_list(node);
      if (!task->quiet && ++n <= 20)
        list += "\n    " + describe_task(task) + " waits for " + describe_wait(task);
    });
    if (n == 0)
      return;
    auto r = make_report("async-discarded-spawn", "task", "main ended while " + std::to_string(n) + (n == 1 ? " task was" : " tasks were") + " running; cancelled now:" + list);
    r.severity = report_severity::note;
    r.help = "await them, or start them in a task group";
    r.loop = loop.name();
    emit_report(r);
  } catch (...) {
  }
}

void report_never_retrieved(future_core *f) noexcept {
  try {
    std::string what = f->is_task ? "task '" + static_cast<task_core *>(f)->name() + "'" : std::string("a ") + f->operations->kind;
    std::string message = "the exception of " + what + " was never retrieved";
    if (auto *loop = this_thread.loop; loop && loop == f->loop) {
      loop->call_exception_handler({message, f->error});
      return;
    }
    auto r = make_report("async-unobserved-exception", "task", message + ": " + describe(f->error));
    r.severity = report_severity::error;
    r.help = "await it, or read its exception()";
    if (auto *x = f->is_task ? static_cast<task_core *>(f)->extras() : nullptr)
      r.stack = x->created_at;
    emit_report(r);
  } catch (...) {
  }
}

void report_slow(event_loop &loop, const std::string &who, const std::source_location *from, const std::source_location *to,
                 std::int64_t ns) noexcept {
  try {
    char took[64];
    std::snprintf(took, sizeof took, "%.1f ms", double(ns) * 1e-6);
    std::string message = who + " held " + loop.name() + " for " + took;
    if (from && to)
      message += ", between " + std::string(from->file_name()) + ":" + std::to_string(from->line()) + " and line " + std::to_string(to->line());
    auto r = make_report("async-blocking-call", "stall", message);
    r.help = "await instead of blocking, or move the work off the loop with to_thread";
    r.duration_ns = ns;
    if (from) {
      r.file = from->file_name();
      r.line = from->line();
    }
    emit_report(r);
  } catch (...) {
  }
}

void note_frame(std::size_t bytes) noexcept {
  event_loop *loop = this_thread.loop;
  if (!loop || bytes <= loop->options().large_frame)
    return;
  try {
    auto r = make_report("async-large-frame", "task", "a coroutine frame of " + std::to_string(bytes) + " bytes was made (limit " +
                                                          std::to_string(loop->options().large_frame) + ")");
    r.severity = report_severity::note;
    r.help = "move large locals to the heap, or end their scope before the next co_await";
    if (auto *task = this_thread.task; task && task->leaf())
      append_stack(r.async_stack, task->leaf());
    void *pcs[8];
    int n = ::backtrace(pcs, 8);
    r.stack.assign(pcs + std::min(n, 2), pcs + n);
    emit_report(r);
  } catch (...) {
  }
}

void report_lost_waker(task_core *task, const std::string &why) noexcept {
  try {
    auto r = make_report("async-lost-waker", "task", "nothing can wake task '" + task->name() + "': " + why);
    r.severity = report_severity::error;
    r.help = "keep what a task waits for alive until it was woken, or cancel the task";
    if (auto *x = task->extras())
      r.stack = x->created_at;
    place_at_leaf(r, task);
    emit_report(r);
  } catch (...) {
  }
}

void watch_orphan(task_core *task, const waiter *at, const char *what) noexcept {
  try {
    if (!task->loop->is_closed())
      task->loop->call_later(std::chrono::milliseconds(100), [task = core_ref<task_core>::share(task), at, what] {
        if (!task->done() && task->waiting == at && !task->scheduled)
          report_lost_waker(task.get(), std::string("what it waits for (") + what + ") was destroyed");
      });
  } catch (...) {
  }
}

void note_created(task_core *task) {
  auto &x = task->need_extras();
  void *pcs[16];
  int n = ::backtrace(pcs, 16);
  x.created_at.assign(pcs + std::min(n, 2), pcs + n);
}

void report_busy(task_core *task) noexcept {
  auto &x = *task->extras();
  if (x.busy_reported)
    return;
  x.busy_reported = true;
  try {
    auto r = make_report("async-busy-wait", "task", "task '" + task->name() + "' gave up its turn " + std::to_string(x.idle_turns) +
                                                        " times in a row without waiting for anything");
    r.help = "await an event, a condition or the task itself instead of polling";
    place_at_leaf(r, task);
    emit_report(r);
  } catch (...) {
  }
}

// --- async stacks of exceptions ----------------------------------------------------------------------------------

namespace {
struct passed_exception {
  std::exception_ptr error; // keeps the address from being reused
  std::vector<stack_entry> stack;
};
thread_local std::vector<passed_exception> passed; // the last few
} // namespace

void note_exception_passed(const promise_base *promise) noexcept {
  try {
    auto error = std::current_exception();
    auto at = std::find_if(passed.begin(), passed.end(), [&](auto &p) { return p.error == error; });
    if (at == passed.end()) {
      if (passed.size() >= 16)
        passed.erase(passed.begin());
      passed.push_back({error, {}});
      at = std::prev(passed.end());
    }
    if (at->stack.size() < 256)
      at->stack.push_back(entry_of(promise));
  } catch (...) {
  }
}

} // namespace detail

std::vector<stack_entry> async_stack(const std::exception_ptr &error) {
  for (auto &p : detail::passed)
    if (p.error == error)
      return p.stack;
  return {};
}

} // namespace coroguard
