// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The batch with everything on: steps timed and watched in debug mode, an order that is drawn or replayed.
#include "coroguard/detail/schedule.hpp"
#include "runtime/aio/debug.hpp"

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

} // namespace detail

using namespace detail;

// --- drawn order -------------------------------------------------------------------------------------------------

/// Takes the node out of the ready queue that the schedule chooses.
ready_node *event_loop::take_ready() {
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

// --- watched steps -----------------------------------------------------------------------------------------------

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

/// Turns of a task in a row in which it waited for nothing.
void count_idle_turns(task_core *task) noexcept {
  constexpr std::uint64_t limit = 100'000;
  task_extras *x = task->extras();
  if (!x || task->done())
    return;
  if (!task->scheduled || task->waiting)
    x->idle_turns = 0;
  else if (++x->idle_turns >= limit) [[unlikely]]
    report_busy(task);
}
} // namespace

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
    promise_base *leaf = node->run ? nullptr : static_cast<task_core *>(node)->leaf();
    std::source_location began = leaf ? leaf->at : std::source_location();
    run_node(node);
    std::uint64_t now = ticks();
    if (now - last > limit) [[unlikely]] {
      report_slow_step(*this, leaf ? &began : nullptr, std::int64_t(double(now - last) * ns_per_tick));
      now = ticks();
    }
    last = now;
    if (auto *task = std::exchange(this_thread.stepped, nullptr)) {
      count_idle_turns(task);
      task->release();
    }
  }
}

} // namespace coroguard
