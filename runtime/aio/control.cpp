// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Timeouts, shields, waits and task groups: what does not depend on the type of a result.
#include "coroguard/shared_task.hpp"
#include "coroguard/shield.hpp"
#include "coroguard/task_group.hpp"
#include "coroguard/timeout.hpp"
#include "coroguard/wait.hpp"

namespace coroguard {

// --- timeout_scope -----------------------------------------------------------------------------------------------

void timeout_scope::enter() {
  task_ = current_task();
  cancelling_ = task_.cancelling();
  state_ = state::active;
  arm();
}

void timeout_scope::arm() {
  timer_.cancel();
  timer_ = {};
  if (!when_)
    return;
  auto &loop = current_loop();
  auto expire = [this] {
    state_ = state::expiring;
    task_.cancel();
  };
  timer_ = *when_ <= loop.time() ? loop.call_soon(expire) : loop.call_at(*when_, expire);
}

void timeout_scope::reschedule(std::optional<time_point> when) {
  if (state_ != state::active)
    throw invalid_state_error("coroguard: this timeout cannot be rescheduled: it has expired or was left");
  when_ = when;
  arm();
}

bool timeout_scope::leave(bool by_cancellation) noexcept {
  timer_.cancel();
  if (state_ == state::expiring) {
    state_ = state::expired;
    return task_.uncancel() <= cancelling_ && by_cancellation;
  }
  state_ = state::left;
  return false;
}

// --- task_group --------------------------------------------------------------------------------------------------

void task_group::adopt(const detail::core_ref<detail::future_core> &core) {
  member *m;
  try {
    m = new member;
  } catch (...) { // it must not run on without a group
    core->cancel();
    throw;
  }
  m->group = this;
  m->core = core;
  m->on_done = [](detail::done_node *node, detail::future_core *) {
    auto *self = static_cast<member *>(node);
    self->queued = true;
    self->group->loop_->push(self);
  };
  m->run = [](detail::ready_node *node) {
    auto *self = static_cast<member *>(node);
    self->group->member_done(self);
  };
  core->callbacks.add(m);
  members_.push_back(m);
}

void task_group::member_done(member *m) {
  auto core = std::move(m->core);
  delete m;
  if (core->state == detail::outcome::error) {
    core->retrieved = true;
    errors_.push_back(core->error);
    if (!aborting_ && !parent_.done() && !parent_cancel_requested_) {
      abort();
      parent_cancel_requested_ = true; // gets the body out of its await; leave() takes the request back
      parent_.cancel();
    }
  }
  if (members_.empty())
    while (!waiters_.empty())
      waiters_.front()->wake();
}

void task_group::abort() noexcept {
  aborting_ = true;
  members_.each([](member *m) { m->core->cancel(); });
}

task<> task_group::leave(std::exception_ptr from_body) {
  std::exception_ptr cancellation;
  if (from_body && detail::is_cancelled_error(from_body))
    cancellation = from_body;
  if (from_body && !aborting_)
    abort();
  while (!members_.empty()) {
    try {
      co_await detail::plain_park(&detail::group_wait, waiters_);
    } catch (const cancelled_error &) {
      if (!aborting_) {
        cancellation = std::current_exception();
        abort();
      }
    }
  }
  joined_ = true;
  if (parent_cancel_requested_ && parent_.uncancel() == 0)
    cancellation = nullptr; // it was ours
  if (cancellation && errors_.empty())
    std::rethrow_exception(cancellation);
  if (from_body && !detail::is_cancelled_error(from_body))
    errors_.push_back(from_body);
  if (!errors_.empty() && parent_.cancelling() > 0) { // cancelled from outside as well: that comes at the next await
    parent_.uncancel();
    parent_.cancel();
  }
  if (!errors_.empty())
    throw exception_group("unhandled errors in a task group", std::move(errors_));
}

task_group::~task_group() {
  std::size_t running = 0;
  members_.each([&](member *m) { running += !m->core->done(); });
  if (running > 0) {
    abort();
    report r;
    r.rule = "async-discarded-spawn";
    r.kind = "task";
    r.message = "a task group was destroyed with " + std::to_string(running) + " running; they were cancelled";
    r.help = "co_await group.join(), or use with_task_group";
    emit_report(r);
  }
  while (!members_.empty()) {
    member *m = members_.front();
    if (m->queued)
      loop_->remove_ready(m);
    delete m;
  }
}

// --- shield ------------------------------------------------------------------------------------------------------

namespace detail {

void shield_relay::begin() {
  outer->retain(); // until the inner one is done
  on_done = &shield_relay::inner_done;
  inner->callbacks.add(this);
}
void shield_relay::inner_done(done_node *node, future_core *) {
  auto *self = static_cast<shield_relay *>(node);
  self->run = &shield_relay::arrive;
  self->outer->loop->push(self);
}
void shield_relay::arrive(ready_node *node) {
  auto *self = static_cast<shield_relay *>(node);
  auto *outer = self->outer;
  auto *inner = self->inner.get();
  if (outer->done()) { // cancelled meanwhile
    if (inner->state == outcome::error && outer->state == outcome::cancelled)
      inner->retrieved = true;
  } else if (inner->state == outcome::value) {
    try {
      self->copy_value(self);
      outer->finish(outcome::value);
    } catch (...) {
      outer->fail(std::current_exception());
    }
  } else {
    inner->retrieved = true;
    outer->error = inner->error;
    outer->finish(inner->state);
  }
  outer->release();
}

const wait_operations shared_task_wait = {
    "a shared task",
    [](waiter *w) {
      auto *self = static_cast<future_waiter *>(w);
      if (self->core->done())
        return false;
      self->unlink();
      return self->task->give_up();
    },
    [](const waiter *w) { return static_cast<const future_waiter *>(w)->core.get(); }, no_owner, false};

// --- wait --------------------------------------------------------------------------------------------------------

wait_awaiter::wait_awaiter(std::vector<core_ref<future_core>> c, return_when w, std::optional<duration> l)
    : cores(std::move(c)), condition(w), limit(l) {
  operations = &wait_wait;
}
wait_awaiter::wait_awaiter(wait_awaiter &&other) noexcept
    : cores(std::move(other.cores)), condition(other.condition), limit(other.limit) {
  operations = &wait_wait;
}
wait_awaiter::~wait_awaiter() { finish(); }

void wait_awaiter::finish() noexcept {
  timer.cancel();
  nodes.clear(); // unlinks
  if (hop_queued) {
    hop_queued = false;
    task->loop->remove_ready(&arrival);
  }
}

task<> wait_until_done(core_ref<future_core> core) {
  std::vector<core_ref<future_core>> one;
  one.push_back(std::move(core));
  co_await wait_awaiter(std::move(one), return_when::all_completed, std::nullopt);
}

void wait_awaiter::begin() {
  missing = cores.size();
  nodes = std::vector<node>(cores.size());
  if (limit)
    timer = task->loop->call_later(*limit, [this] {
      if (!finished) {
        finished = true;
        task->wake();
      }
    });
  for (std::size_t i = 0; i < cores.size(); ++i) {
    nodes[i].owner = this;
    nodes[i].on_done = [](done_node *n, future_core *core) { static_cast<node *>(n)->owner->one_done(core); };
    if (cores[i]->done())
      one_done(cores[i].get());
    else
      cores[i]->callbacks.add(&nodes[i]);
  }
}

void wait_awaiter::one_done(future_core *core) {
  --missing;
  if (missing == 0 || condition == return_when::first_completed ||
      (condition == return_when::first_exception && core->state == outcome::error))
    wake_later();
}

void wait_awaiter::wake_later() noexcept {
  if (hop_queued || finished)
    return;
  hop_queued = true;
  arrival.owner = this;
  arrival.run = [](ready_node *n) {
    auto *self = static_cast<hop *>(n)->owner;
    self->hop_queued = false;
    if (!self->finished) {
      self->finished = true;
      self->task->wake();
    }
  };
  task->loop->push(&arrival);
}

const wait_operations wait_wait = {
    "wait",
    [](waiter *w) {
      auto *self = static_cast<wait_awaiter *>(w);
      if (self->finished)
        return false;
      self->finished = true;
      return self->task->give_up();
    },
    [](const waiter *w) -> future_core * {
      for (auto &c : static_cast<const wait_awaiter *>(w)->cores)
        if (!c->done())
          return c.get();
      return nullptr;
    },
    no_owner, false};

} // namespace detail
} // namespace coroguard
