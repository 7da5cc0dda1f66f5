// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// shield: await something without passing cancellation on to it (asyncio.shield).
//
//   auto saving = coroguard::create_task(save());
//   co_await coroguard::shield(saving);   // if we are cancelled here, `saving` goes on
#pragma once

#include "coroguard/gather.hpp"

namespace coroguard {

namespace detail {

struct shield_relay : done_node, ready_node {
  core_ref<future_core> inner;
  future_core *outer = nullptr;
  void (*copy_value)(shield_relay *) = nullptr;
  void begin();
  static void inner_done(done_node *node, future_core *);
  static void arrive(ready_node *node);
};
template <class T> struct shield_state final : future_state<T>, shield_relay {
  static const future_operations table;
  shield_state(event_loop *l, core_ref<future_core> i) : future_state<T>(l, &table) {
    inner = std::move(i);
    outer = this;
    copy_value = [](shield_relay *r) {
      auto *self = static_cast<shield_state *>(r);
      if constexpr (std::is_void_v<T>)
        self->slot.set();
      else
        self->slot.set(fetch<T>(self->inner));
    };
  }
};
template <class T>
const future_operations shield_state<T>::table = {
    [](future_core *f) noexcept {
      f->report_unretrieved();
      delete static_cast<shield_state *>(static_cast<future_state<T> *>(f));
    },
    &cancel_plain_future, "shield"};

} // namespace detail

/// A future that follows `a` (started if it is a coroutine). Cancelling it, or the task that awaits it, leaves `a` running.
template <class A>
  requires awaitable<A &&>
auto shield(A &&a) {
  using T = detail::value_of_awaitable<A>;
  auto &loop = current_loop();
  auto inner = detail::ensure_future(loop, std::forward<A>(a));
  if (inner->done())
    return future<T>(std::move(inner));
  auto s = detail::core_ref<detail::shield_state<T>>::adopt(new detail::shield_state<T>(&loop, std::move(inner)));
  s->begin();
  return future<T>(detail::core_ref<detail::future_core>::share(s.get()));
}

} // namespace coroguard
