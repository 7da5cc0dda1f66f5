// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The end of a gather: children report synchronously, the gather itself completes one batch later, as in asyncio.
#include "coroguard/gather.hpp"
#include "coroguard/async_generator.hpp"

#include <typeinfo>

namespace coroguard::detail {

std::exception_ptr failure_of(future_core *core) {
  core->retrieved = true;
  if (core->error)
    return core->error;
  return std::make_exception_ptr(cancelled_error());
}

void gather_base::listen(future_core *child) {
  if (child->done()) {
    child_done(this, child);
  } else if (!child->callbacks.add(this)) { // others were there before
    auto node = std::make_unique<listener>();
    node->owner = this;
    node->on_done = [](done_node *n, future_core *core) { core->count(*static_cast<listener *>(n)->owner); };
    child->callbacks.add(node.get());
    listeners.push_back(std::move(node));
  }
}

void gather_base::child_done(tally *owner, future_core *child) noexcept {
  static_cast<gather_base *>(owner)->child_done(child);
}

void gather_base::child_done(future_core *child) noexcept {
  --pending;
  if (child->state == outcome::error && (self->done() || failed || as_values))
    child->retrieved = true; // somebody asked for all of them and got the first
  if (!as_values && child->state != outcome::value && !failed && !self->done()) {
    failed = child;
    child->retrieved = true;
    defer();
  }
  if (pending == 0) {
    complete = true;
    defer();
  }
}

void gather_base::defer() noexcept {
  if (deferred)
    return;
  deferred = true;
  self->retain();
  node.run = &gather_base::arrive;
  self->loop->push(&node);
}

void gather_base::arrive(ready_node *node) {
  auto *base = static_cast<deferral *>(node)->owner;
  auto *self = base->self;
  base->deferred = false;
  bool complete = base->complete;
  base->complete = false;
  if (!self->done()) {
    if (base->failed) {
      self->error = failure_of(base->failed);
      self->finish(base->failed->state == outcome::cancelled ? outcome::cancelled : outcome::error);
    } else if (base->cancel_requested) {
      self->finish(outcome::cancelled);
    } else {
      try {
        base->collect(base);
        self->finish(outcome::value);
      } catch (...) {
        self->fail(std::current_exception());
      }
    }
  }
  if (complete)
    self->release(); // the reference of the children
  self->release();   // the deferral's
}

bool is_generator_exit(const std::exception_ptr &e) noexcept {
#if defined(__GLIBCXX__)
  return e && *e.__cxa_exception_type() == typeid(generator_exit);
#else
  try {
    std::rethrow_exception(e);
  } catch (const generator_exit &) {
    return true;
  } catch (...) {
    return false;
  }
#endif
}
bool generator_promise_base::start(std::coroutine_handle<> h) {
  if (now == phase::finished)
    return false;
  if (now == phase::started)
    throw_generator_running();
  now = phase::started;
  self = h;
  if (event_loop *loop = this_thread.loop)
    loop->live_generators().push_back(&live);
  return true;
}

generator_promise_base *generator_promise_base::from_list(list_node *node) noexcept {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Winvalid-offsetof"
  return reinterpret_cast<generator_promise_base *>(reinterpret_cast<char *>(node) - __builtin_offsetof(generator_promise_base, live));
#pragma GCC diagnostic pop
}

namespace {
/// What aclose() does, without the type of the items.
struct closing_step : native_awaiter {
  generator_promise_base &p;
  explicit closing_step(generator_promise_base &promise) noexcept : p(promise) {}
  bool await_ready() {
    p.at_yield.closing = true;
    p.current = nullptr;
    resume_chain(p.self);
    return !p.running();
  }
  template <class P> void await_suspend(std::coroutine_handle<P> consumer) noexcept {
    p.continuation = consumer;
    p.consumer_suspended = true;
    if constexpr (std::is_base_of_v<promise_base, P>)
      p.caller = &consumer.promise();
  }
  void await_resume() {
    if (p.current)
      throw_generator_yielded();
    if (p.error)
      std::rethrow_exception(std::exchange(p.error, nullptr));
  }
};

task<> close_generators(event_loop &loop) {
  while (!loop.live_generators().empty()) {
    auto *p = generator_promise_base::from_list(loop.live_generators().pop_front());
    if (!p->current)
      continue;
    try {
      co_await closing_step(*p);
    } catch (...) {
      loop.call_exception_handler({"error while closing an async generator of " + loop.name(), std::current_exception()});
    }
  }
}
} // namespace

void throw_generator_yielded() {
  throw invalid_state_error("coroguard: the async generator ignored generator_exit and yielded again");
}
void throw_generator_exit() { throw generator_exit(); }
void throw_generator_running() {
  throw invalid_state_error("coroguard: this async generator is already running: another next() is not finished");
}

} // namespace coroguard::detail

void coroguard::event_loop::shutdown_generators() {
  if (!generators_.empty())
    run_until_complete(detail::close_generators(*this));
}
