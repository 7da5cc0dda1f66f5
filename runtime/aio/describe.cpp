// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks in words: where they are suspended, what they wait for, who waits for whom.
#include "coroguard/debug.hpp"
#include "runtime/aio/debug.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

namespace coroguard {
namespace detail {

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

stack_entry entry_of(const promise_base *p) {
  return {pretty_function(p->made.function_name()), p->at.file_name(), unsigned(p->at.line())};
}

void append_stack(std::vector<stack_entry> &out, const promise_base *leaf) {
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

} // namespace detail

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
