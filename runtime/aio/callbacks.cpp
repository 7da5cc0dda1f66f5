// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callbacks of a loop: their records and handles, and where their exceptions go.
#include "coroguard/context.hpp"
#include "coroguard/event_loop.hpp"
#include "runtime/aio/debug.hpp"

namespace coroguard {

using namespace detail;

namespace detail {

void callback_node::run_callback(ready_node *node) {
  auto *self = static_cast<callback_node *>(static_cast<timer_node *>(node));
  self->position = idle;
  if (!self->cancelled) {
    event_loop *loop = self->loop;
    context_scope scope(self->context);
    try {
      self->invoke(self);
    } catch (...) {
      loop->call_exception_handler({"exception in a callback", std::current_exception()});
    }
  }
  self->release();
}

} // namespace detail

callback_handle::callback_handle(const callback_handle &other) noexcept : node_(other.node_) {
  if (node_)
    ++node_->references;
}
callback_handle::~callback_handle() {
  if (node_)
    node_->release();
}
void callback_handle::cancel() noexcept {
  if (!node_ || node_->cancelled)
    return;
  node_->cancelled = true;
  if (node_->in_heap()) {
    node_->loop->remove_timer(node_);
    node_->references--; // the loop's; ours is left
  }
  node_->forget();
}
bool callback_handle::cancelled() const noexcept { return node_ && node_->cancelled; }
time_point callback_handle::when() const noexcept { return time_point(duration(node_ ? node_->when : 0)); }

void event_loop::schedule_callback(callback_node *node) {
  ++node->references; // the loop's
  node->loop = this;
  node->run = &callback_node::run_callback;
  if ((node->context = current_context()))
    context_retain(node->context);
  push(node);
}
void event_loop::schedule_callback_at(callback_node *node, std::int64_t when) {
  node->loop = this;
  node->run = &callback_node::run_callback;
  if ((node->context = current_context()))
    context_retain(node->context);
  try {
    add_timer(node, when);
  } catch (...) { // no room for one more: nobody has a handle yet
    node->release();
    throw;
  }
  ++node->references;
}
void event_loop::schedule_callback_threadsafe(callback_node *node) {
  if (this_thread.loop == this) { // on the loop itself: in order with call_soon
    schedule_callback(node);
    node->release(); // nobody has a handle
    return;
  }
  node->loop = this; // the one reference is the loop's
  node->run = &callback_node::run_callback;
  if ((node->context = current_context()))
    context_retain(node->context);
  push_threadsafe(node);
}

void event_loop::set_exception_handler(std::function<void(event_loop &, const exception_context &)> handler) {
  exception_handler_ = std::move(handler);
}

void event_loop::call_exception_handler(const exception_context &context) noexcept {
  if (exception_handler_) {
    try {
      exception_handler_(*this, context);
      return;
    } catch (...) { // fall back to a report
    }
  }
  report r;
  r.rule = "async-unobserved-exception";
  r.kind = "task";
  r.severity = report_severity::error;
  try {
    r.message = context.message + ": " + describe(context.exception);
    r.help = "await the task, read its exception(), or catch inside";
    r.loop = options_.name;
    emit_report(r);
  } catch (...) { // out of memory: nothing more can be said
  }
}

void event_loop::check_thread_slow(const char *operation) const {
  if (!running_ || std::this_thread::get_id() == thread_)
    return;
  report r;
  r.rule = "async-thread-affinity";
  r.kind = "loop";
  r.severity = report_severity::error;
  r.message = std::string("'") + operation + "' on " + options_.name + " from a thread that does not run it";
  r.help = "use call_soon_threadsafe or run_coroutine_threadsafe";
  r.loop = options_.name;
  r.thread = thread_name();
  emit_report(r);
}

} // namespace coroguard
