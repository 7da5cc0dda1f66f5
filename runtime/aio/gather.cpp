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

void gather_base::on_child(done_node *node, future_core *core) {
  auto *child = static_cast<gather_child *>(node);
  child->owner->child_done(core);
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
void throw_generator_running() {
  throw invalid_state_error("coroguard: this async generator is already running: another next() is not finished");
}

} // namespace coroguard::detail
