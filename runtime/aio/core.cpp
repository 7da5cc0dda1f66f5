// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futures, tasks and their memory: the cold half of detail/core.hpp.
#include "coroguard/context.hpp"
#include "coroguard/sleep.hpp"
#include "coroguard/task_handle.hpp"
#include "runtime/aio/debug.hpp"

#include <algorithm>
#include <cxxabi.h>
#include <typeinfo>

namespace coroguard {

exception_group::exception_group(const std::string &message, std::vector<std::exception_ptr> exceptions)
    : std::runtime_error([&] {
        std::string text = message + " (" + std::to_string(exceptions.size()) +
                           (exceptions.size() == 1 ? " exception: " : " exceptions: ");
        for (std::size_t i = 0; i < exceptions.size(); ++i)
          text += (i ? "; " : "") + describe(exceptions[i]);
        return text + ")";
      }()),
      exceptions_(std::make_shared<const std::vector<std::exception_ptr>>(std::move(exceptions))) {}

std::string describe(const std::exception_ptr &error) {
  if (!error)
    return "no exception";
  try {
    std::rethrow_exception(error);
  } catch (const cancelled_error &e) {
    return e.what();
  } catch (const std::exception &e) {
    return e.what();
  } catch (...) {
    return abi::__cxa_current_exception_type() ? "exception of type " + detail::current_exception_type() : "foreign exception";
  }
}

std::string detail::current_exception_type() {
  const std::type_info *type = abi::__cxa_current_exception_type();
  if (!type)
    return "foreign exception";
  int status = 0;
  char *name = abi::__cxa_demangle(type->name(), nullptr, nullptr, &status);
  std::string text = status == 0 ? name : type->name();
  std::free(name);
  return text;
}

namespace detail {

// --- memory ------------------------------------------------------------------------------------------------------

namespace {
struct pool_keeper {
  ~pool_keeper() {
    for (auto &list : this_thread_pool.lists) {
      while (void *block = list.head) {
        list.head = *static_cast<void **>(block);
        std::free(block);
      }
      list.count = frame_pool::kept_bytes;
    }
  }
};
thread_local pool_keeper keeper;
} // namespace

void *frame_allocate_slow(std::size_t bytes) {
  (void)&keeper; // odr-use: its destructor empties the lists when the thread ends
  if (void *block = std::malloc(bytes))
    return block;
  throw std::bad_alloc();
}
void frame_free_slow(void *block) noexcept { std::free(block); }

void resume_next() {
  while (void *next = this_thread.next) {
    this_thread.next = nullptr;
    std::coroutine_handle<>::from_address(next).resume();
  }
}

// --- futures -----------------------------------------------------------------------------------------------------

bool is_cancelled_error(const std::exception_ptr &e) noexcept {
#if defined(__GLIBCXX__)
  return e && *e.__cxa_exception_type() == typeid(cancelled_error); // final: no derived types to look for
#else
  try {
    std::rethrow_exception(e);
  } catch (const cancelled_error &) {
    return true;
  } catch (...) {
    return false;
  }
#endif
}

void future_core::fail(std::exception_ptr e) noexcept {
  bool is_cancel = is_cancelled_error(e);
  error = std::move(e);
  finish(is_cancel ? outcome::cancelled : outcome::error);
}

void future_core::tell_all() noexcept {
  if (tally *oldest = callbacks.take_tally())
    count(*oldest);
  callbacks.reverse();
  while (done_node *node = callbacks.newest()) {
    node->unlink();
    node->on_done(node, this);
  }
}

void future_core::rethrow_if_failed() {
  switch (state) {
  case outcome::value: return;
  case outcome::pending: throw invalid_state_error(std::string("coroguard: the result of this ") + operations->kind + " is not ready");
  case outcome::cancelled:
    if (error)
      std::rethrow_exception(error);
    throw cancelled_error();
  case outcome::error: retrieved = true; std::rethrow_exception(error);
  }
}

void future_core::report_unretrieved() noexcept {
  if (state != outcome::error || retrieved)
    return;
  retrieved = true;
  report_never_retrieved(this);
}

bool cancel_plain_future(future_core *f) {
  if (this_thread.cancel_message)
    f->error = std::make_exception_ptr(cancelled_error(*this_thread.cancel_message));
  f->finish(outcome::cancelled);
  return true;
}

void future_waiter::throw_no_state() {
  throw invalid_state_error("coroguard: this future or handle is empty (default-constructed or moved from)");
}
void future_waiter::throw_self_await() { throw invalid_state_error("coroguard: a task cannot await itself"); }

const wait_operations future_wait = {
    "future",
    [](waiter *w) { return static_cast<future_waiter *>(w)->core->cancel(); },
    [](const waiter *w) { return static_cast<const future_waiter *>(w)->core.get(); },
    [](const waiter *) -> task_core * { return nullptr; }, false};

namespace {
/// Waits for completion, then stands in the ready queue itself: completing must not need memory.
struct user_callback final : done_node, ready_node, pooled {
  event_loop *loop;
  std::function<void()> f;
  core_ref<future_core> keep; ///< set at completion: the state lives until the callback ran
  context_map *context;
  user_callback(event_loop *l, std::function<void()> g) : loop(l), f(std::move(g)), context(current_context()) {
    if (context)
      context_retain(context);
    on_done = [](done_node *node, future_core *core) { static_cast<user_callback *>(node)->done(core); };
    run = &user_callback::call;
  }
  ~user_callback() {
    if (context)
      context_release(context);
  }
  void done(future_core *core) noexcept {
    if (loop->is_closed()) {
      delete this;
      return;
    }
    keep = core_ref<future_core>::share(core);
    loop->push(this);
  }
  static void call(ready_node *node) {
    std::unique_ptr<user_callback> self(static_cast<user_callback *>(node));
    context_scope scope(self->context);
    try {
      self->f();
    } catch (...) {
      self->loop->call_exception_handler({"exception in a callback", std::current_exception()});
    }
  }
};
} // namespace

bool drop_callback(ready_node *node) noexcept {
  if (node->run == &user_callback::call)
    delete static_cast<user_callback *>(node);
  else if (node->run == &callback_node::run_callback)
    static_cast<callback_node *>(static_cast<timer_node *>(node))->release();
  else
    return false;
  return true;
}

void add_user_callback(future_core *core, std::function<void()> f) {
  auto node = std::make_unique<user_callback>(core->loop, std::move(f));
  if (core->done())
    node.release()->done(core);
  else
    core->callbacks.add(node.release());
}

// --- tasks -------------------------------------------------------------------------------------------------------

void throw_not_in_task() {
  throw invalid_state_error("coroguard: no task is running here; call this from a coroutine that runs on a loop "
                            "(started by run, create_task or awaited by one that is)");
}
void throw_empty_task() {
  throw invalid_state_error("coroguard: this task is empty: it was moved from or already awaited; call the coroutine again");
}

void check_spawn(event_loop &loop, bool has_coroutine) {
  if (!has_coroutine)
    throw_empty_task();
  loop.check_open();
  loop.check_thread("create_task");
}

void describe_start(task_core *core, std::string_view name) {
  try {
    if (auto *context = current_context()) {
      context_retain(context);
      core->set_context(context);
    }
    if (!name.empty())
      core->set_name(std::string(name));
    if (core->loop->debug())
      note_created(core);
  } catch (...) {
    std::exchange(core->root, nullptr).destroy();
    core->operations->destroy(core);
    throw;
  }
}

/// Cancelled before it ran: its body is not entered, as in asyncio.
static void never_started(ready_node *node) {
  auto *task = static_cast<task_core *>(node);
  task->run = nullptr;
  if (!task->must_cancel) // the request was taken back
    return task->step();
  task->scheduled = false;
  auto root = std::exchange(task->root, nullptr);
  this_thread.task = task;
  root.destroy();
  this_thread.task = nullptr;
  task->error = take_cancellation(task);
  task_completed(task, outcome::cancelled);
}

outcome task_failed(task_core *core, std::exception_ptr &error) noexcept {
  if (!error) { // cancelled in its last step: the value is dropped, as in asyncio
    core->error = take_cancellation(core);
    return outcome::cancelled;
  }
  core->error = std::move(error);
  return is_cancelled_error(core->error) ? outcome::cancelled : outcome::error;
}

void task_completed(task_core *core, outcome how) noexcept {
  core->in_all.unlink();
  core->waiting = nullptr;
  core->promise_at = 0;
  core->must_cancel = 0;
  core->finish(how);
  core->release();
}

void forget_annex(task_core *core) noexcept {
  if (auto *context = core->context())
    context_release(context);
  delete core->extras();
}

bool cancel_task(future_core *f) {
  const std::string *message = this_thread.cancel_message;
  return static_cast<task_core *>(f)->request_cancel(message ? *message : std::string());
}

bool task_core::request_cancel(std::string message) {
  if (done())
    return false;
  loop->check_thread("cancel");
  if (cancel_requests != 0xffff)
    ++cancel_requests;
  if (!message.empty()) {
    auto &x = need_extras();
    if (x.cancel_message.empty()) // the first one of those not delivered yet is told
      x.cancel_message = std::move(message);
  }
  cancel_wait();
  return true;
}

void task_core::cancel_wait() {
  if (!waiting) {
    must_cancel = std::max<std::uint8_t>(must_cancel, requested);
    if (fresh)
      run = &never_started;
    return;
  }
  auto *x = extras();
  auto *outer = std::exchange(this_thread.cancel_message, x && !x->cancel_message.empty() ? &x->cancel_message : nullptr);
  bool passed_on = waiting->operations->cancel(waiting);
  this_thread.cancel_message = outer;
  if (!passed_on)
    must_cancel = std::max<std::uint8_t>(must_cancel, requested);
  else if (must_cancel == requested)
    must_cancel = 0;
}

std::uint32_t task_core::uncancel() noexcept {
  if (cancel_requests > 0 && --cancel_requests == 0 && must_cancel == requested)
    must_cancel = 0;
  return cancel_requests;
}

std::exception_ptr take_cancellation(task_core *core) {
  auto *x = core->extras();
  if (!x || x->cancel_message.empty())
    return nullptr;
  return std::make_exception_ptr(cancelled_error(std::exchange(x->cancel_message, {})));
}

void task_core::throw_cancelled() {
  must_cancel = 0;
  if (auto error = take_cancellation(this))
    std::rethrow_exception(error);
  throw cancelled_error();
}
void task_core::forget_cancel_message() noexcept { extras()->cancel_message.clear(); }

const std::string &task_core::name() {
  auto &x = need_extras();
  if (x.name.empty())
    x.name = "task-" + std::to_string(id());
  return x.name;
}
void task_core::set_name(std::string name) {
  need_extras().name = std::move(name);
}
task_extras &task_core::need_extras() {
  if (auto *x = extras())
    return *x;
  auto *x = new task_extras;
  x->context = context();
  annex = reinterpret_cast<std::uintptr_t>(x) | 1;
  return *x;
}

const wait_operations sleep_wait = {
    "sleep",
    [](waiter *w) {
      auto *self = static_cast<sleep_awaiter *>(w);
      if (self->position == timer_node::idle)
        return false;
      self->task->loop->remove_timer(self);
      return self->task->give_up();
    },
    [](const waiter *) -> future_core * { return nullptr; }, [](const waiter *) -> task_core * { return nullptr; }, true};

const wait_operations foreign_wait = {
    "an awaitable of another library", [](waiter *) { return false; },
    [](const waiter *) -> future_core * { return nullptr; }, [](const waiter *) -> task_core * { return nullptr; }, true};

void foreign_bridge::resumed(void *frame) {
  auto *self = static_cast<foreign_bridge *>(static_cast<completion_frame *>(frame));
  if (this_thread.loop == self->loop)
    self->loop->push(self);
  else
    self->loop->push_threadsafe(self);
}

void foreign_bridge::destroyed(void *frame) noexcept {
  auto *self = static_cast<foreign_bridge *>(static_cast<completion_frame *>(frame));
  if (!self->task || !self->task->root || self->task->waiting != self)
    return; // the awaiting coroutine itself is being destroyed
  report_lost_waker(self->task, "the awaitable it waits for destroyed the handle it was given instead of resuming it");
  if (this_thread.loop == self->loop)
    self->loop->external_end(); // nothing is under way any more: a deadlock is one
}

} // namespace detail

std::exception_ptr any_future::exception() const {
  auto &c = core();
  if (c.state == detail::outcome::pending || c.state == detail::outcome::cancelled)
    c.rethrow_if_failed();
  c.retrieved = true;
  return c.error;
}

std::vector<stack_entry> any_task::stack() const { return detail::async_stack_of(&task()); }

} // namespace coroguard
