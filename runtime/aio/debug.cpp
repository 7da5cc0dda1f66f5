// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Debug mode: timed steps, task trees, async stacks of exceptions, and the texts of its reports. Also the batch with drawn
// or replayed order.
#include "runtime/aio/debug.hpp"
#include "coroguard/debug.hpp"
#include "coroguard/detail/schedule.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <execinfo.h>
#include <pthread.h>
#include <set>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace coroguard {
namespace detail {

// --- clock -------------------------------------------------------------------------------------------------------

std::uint64_t ticks() noexcept {
#if defined(__x86_64__)
  return __rdtsc();
#else
  return std::uint64_t(event_loop::monotonic_ns());
#endif
}

double nanoseconds_per_tick() {
#if defined(__x86_64__)
  static const double value = [] {
    auto n0 = event_loop::monotonic_ns();
    auto t0 = ticks();
    while (event_loop::monotonic_ns() - n0 < 200'000) {
    }
    auto t1 = ticks();
    return double(event_loop::monotonic_ns() - n0) / double(t1 - t0);
  }();
  return value;
#else
  return 1;
#endif
}

std::string thread_name() {
  char name[32] = "";
  ::pthread_getname_np(::pthread_self(), name, sizeof name);
  return name;
}

// --- describing --------------------------------------------------------------------------------------------------

std::string pretty_function(const char *name) {
  std::string text = name ? name : "";
  for (std::string_view noise : {"(anonymous namespace)::", "{anonymous}::"})
    for (std::size_t at; (at = text.find(noise)) != std::string::npos;)
      text.erase(at, noise.size());
  for (auto cut : {" [with ", " [T = ", "(std::__n4861::"})
    if (auto at = text.find(cut); at != std::string::npos)
      text.resize(at);
  if (auto paren = text.find('('); paren != std::string::npos && text.find("lambda") == std::string::npos) {
    auto start = text.rfind(' ', paren);
    text = text.substr(start == std::string::npos ? 0 : start + 1, paren - (start == std::string::npos ? 0 : start + 1));
  }
  return text;
}

static stack_entry entry_of(const promise_base *p) {
  return {pretty_function(p->made.function_name()), p->at.file_name(), unsigned(p->at.line())};
}

static void append_stack(std::vector<stack_entry> &out, const promise_base *leaf) {
  int depth = 0;
  for (auto *p = leaf; p && depth < 256; p = p->caller, ++depth)
    out.push_back(entry_of(p));
}

std::vector<stack_entry> async_stack_of(const task_core *task) {
  std::vector<stack_entry> out;
  if (task->root)
    append_stack(out, task->leaf());
  return out;
}

static std::string quoted_name(task_core *task) { return "'" + task->name() + "'"; }

std::string describe_wait(const task_core *task) {
  if (task->done())
    return "done";
  if (!task->waiting)
    return task->scheduled ? "ready" : this_thread.task == task ? "running" : "suspended by an unknown awaitable";
  auto *ops = task->waiting->operations;
  std::string text = ops->what;
  if (auto *target = ops->target(task->waiting)) {
    text = target->operations->kind;
    if (target->is_task)
      text += " " + quoted_name(static_cast<task_core *>(target));
  }
  if (auto *owner = ops->owner(task->waiting))
    text += " held by task " + quoted_name(owner);
  return text;
}

std::string describe_task(task_core *task) {
  std::string text = "task " + quoted_name(task);
  auto stack = async_stack_of(task);
  if (!stack.empty())
    text += " at " + stack[0].function + " (" + stack[0].file + ":" + std::to_string(stack[0].line) + ")";
  return text;
}

static task_core *waits_for_task(task_core *task) {
  if (!task->waiting)
    return nullptr;
  auto *ops = task->waiting->operations;
  if (auto *owner = ops->owner(task->waiting))
    return owner;
  auto *target = ops->target(task->waiting);
  return target && target->is_task ? static_cast<task_core *>(target) : nullptr;
}

std::string wait_graph_of(event_loop &loop) {
  std::vector<task_core *> tasks;
  loop.live_tasks().each([&](list_node *n) { tasks.push_back(task_core::from_list(n)); });
  std::string text = tasks.empty() ? "deadlock: nothing is left that could end the wait"
                                   : "deadlock: nothing can wake " + std::string(tasks.size() == 1 ? "this task" : "these " + std::to_string(tasks.size()) + " tasks");
  for (auto *task : tasks)
    text += "\n    " + describe_task(task) + " waits for " + describe_wait(task);
  std::set<task_core *> finished;
  for (auto *start : tasks) { // follow the edges; each task waits for one thing
    std::vector<task_core *> path;
    for (auto *t = start; t && !finished.count(t); t = waits_for_task(t)) {
      auto at = std::find(path.begin(), path.end(), t);
      if (at != path.end()) {
        text += "\n    cycle: ";
        for (auto i = at; i != path.end(); ++i)
          text += quoted_name(*i) + " -> ";
        text += quoted_name(*at);
        break;
      }
      path.push_back(t);
    }
    finished.insert(path.begin(), path.end());
  }
  return text;
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
    if (task->extras)
      r.stack = task->extras->created_at;
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
    if (f->is_task && static_cast<task_core *>(f)->extras)
      r.stack = static_cast<task_core *>(f)->extras->created_at;
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

void note_yield(task_core *task) noexcept {
  if (!task->extras)
    task->extras = new task_extras;
  auto &x = *task->extras;
  if (++x.idle_turns < 100'000 || x.busy_reported)
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

void report_lost_waker(task_core *task, const std::string &why) noexcept {
  try {
    auto r = make_report("async-lost-waker", "task", "nothing can wake task '" + task->name() + "': " + why);
    r.severity = report_severity::error;
    r.help = "keep what a task waits for alive until it was woken, or cancel the task";
    if (task->extras)
      r.stack = task->extras->created_at;
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
  if (!task->extras)
    task->extras = new task_extras;
  void *pcs[16];
  int n = ::backtrace(pcs, 16);
  task->extras->created_at.assign(pcs + std::min(n, 2), pcs + n);
}

void note_step(task_core *task) noexcept {
  if (this_thread.stepped)
    this_thread.stepped->release();
  task->retain();
  this_thread.stepped = task;
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

using namespace detail;

// --- the batch with everything on --------------------------------------------------------------------------------

/// Takes the node out of the ready queue that the schedule chooses.
detail::ready_node *event_loop::take_ready() {
  ready_node *node = ready_head_;
  std::uint32_t n = 0;
  for (auto *r = ready_head_; r; r = r->next_ready)
    ++n;
  if (n > 1)
    for (std::uint32_t k = schedule_->choose(n); k > 0; --k)
      node = node->next_ready;
  remove_ready(node);
  if (++schedule_->steps > schedule_->max_steps) {
    push(node);
    throw deadlock_error("coroguard: more than " + std::to_string(schedule_->max_steps) + " steps: the program seems to run for ever");
  }
  if (schedule_->inject_cancellation && schedule_->steps == schedule_->cancel_at_step) {
    auto all = all_tasks();
    if (!all.empty()) {
      all[schedule_->draw() % all.size()].cancel();
      ++schedule_->injected;
    }
  }
  return node;
}

namespace detail {
namespace {
/// The step that just ended took too long: names the task, its coroutine and the lines between which it happened.
void report_slow_step(event_loop &loop, const std::source_location *from, std::int64_t ns) {
  std::string who = "a callback";
  const std::source_location *to = nullptr;
  if (auto *task = this_thread.stepped) {
    who = "task '" + task->name() + "'";
    if (task->leaf() && !task->done()) {
      to = &task->leaf()->at;
      who += " in coroutine '" + pretty_function(task->leaf()->made.function_name()) + "'";
    }
  }
  report_slow(loop, who, from ? from : to, to, ns);
}
} // namespace
} // namespace detail

void event_loop::run_batch_slow() {
  std::size_t todo = 0; // with a schedule: how many belong to this batch; without one, batch_ holds them
  if (schedule_) {
    for (auto *n = ready_head_; n; n = n->next_ready)
      ++todo;
  } else {
    batch_ = std::exchange(ready_head_, nullptr);
    ready_tail_ = &ready_head_;
  }
  auto next = [&]() -> ready_node * {
    if (!schedule_) {
      ready_node *node = batch_;
      if (node)
        batch_ = node->next_ready;
      return node;
    }
    return todo-- > 0 && ready_head_ ? take_ready() : nullptr;
  };
  if (!debug_) {
    while (ready_node *node = next())
      run_node(node);
    return;
  }
  const double ns_per_tick = nanoseconds_per_tick();
  const auto limit = std::uint64_t(double(options_.slow_callback.count()) * 1e6 / ns_per_tick);
  std::uint64_t last = ticks();
  while (ready_node *node = next()) {
    std::optional<std::source_location> began;
    if (!node->run)
      if (auto *leaf = static_cast<task_core *>(node)->leaf())
        began = leaf->at;
    run_node(node);
    std::uint64_t now = ticks();
    if (now - last > limit) [[unlikely]] {
      report_slow_step(*this, began ? &*began : nullptr, std::int64_t(double(now - last) * ns_per_tick));
      now = ticks();
    }
    last = now;
    if (auto *task = std::exchange(this_thread.stepped, nullptr))
      task->release();
  }
}

// --- looking at tasks --------------------------------------------------------------------------------------------

std::string format_tasks(event_loop &loop) {
  using namespace detail;
  std::vector<task_core *> tasks;
  loop.live_tasks().each([&](list_node *n) { tasks.push_back(task_core::from_list(n)); });
  std::string text = loop.name() + ": " + std::to_string(tasks.size()) + (tasks.size() == 1 ? " task\n" : " tasks\n");
  std::set<task_core *> printed;
  auto print = [&](auto &self, task_core *task, int depth) -> void {
    std::string indent(std::size_t(depth) * 4 + 2, ' ');
    text += indent + "task " + quoted_name(task) + " waits for " + describe_wait(task) + "\n";
    if (!printed.insert(task).second)
      return;
    for (auto &entry : async_stack_of(task))
      text += indent + "  at " + entry.function + " (" + entry.file + ":" + std::to_string(entry.line) + ")\n";
    if (auto *next = waits_for_task(task); next && !next->done() && depth < 64)
      self(self, next, depth + 1);
  };
  std::set<task_core *> awaited;
  for (auto *t : tasks)
    if (auto *next = waits_for_task(t))
      awaited.insert(next);
  for (auto *t : tasks) // roots first: tasks nobody awaits
    if (!awaited.count(t))
      print(print, t, 0);
  for (auto *t : tasks)
    if (!printed.count(t))
      print(print, t, 0);
  return text;
}

void print_tasks(std::FILE *out) {
  std::string text = format_tasks(current_loop());
  std::fwrite(text.data(), 1, text.size(), out);
  std::fflush(out);
}

} // namespace coroguard
