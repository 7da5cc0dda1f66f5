// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Between worlds: sync_to_async makes a blocking function awaitable, async_to_sync a coroutine callable from plain code,
// run_coroutine_threadsafe hands a coroutine to a loop of another thread.
//
//   auto load = coroguard::sync_to_async(load_user);        // co_await load(7)
//   auto fetch_now = coroguard::async_to_sync(fetch);       // fetch_now(url) blocks until done
//   auto f = coroguard::run_coroutine_threadsafe(fetch(url), loop); f.result();
#pragma once

#include "coroguard/run.hpp"
#include "coroguard/run_in_executor.hpp"

namespace coroguard {

/// A function object that runs `f` with to_thread. `where`: an executor other than the loop's default; must outlive it.
template <class F> auto sync_to_async(F f, executor *where = nullptr) {
  return [f = std::move(f), where](auto &&...args) {
    auto &loop = current_loop();
    return detail::offload_call(loop, where ? *where : loop.default_executor(),
                                detail::bind_call(f, std::forward<decltype(args)>(args)...));
  };
}

/// A function object that runs the coroutine function `f` to its end on a loop of its own and returns the result. Errors:
/// nested_run_error on a thread whose loop is running (there: co_await f(args...)).
template <class F> auto async_to_sync(F f, run_options options = {}) {
  return [f = std::move(f), options](auto &&...args) mutable -> decltype(auto) {
    if (auto *loop = current_loop_or_null())
      throw nested_run_error("coroguard: async_to_sync inside the running loop " + loop->name() + "; co_await the coroutine instead");
    return run(f(std::forward<decltype(args)>(args)...), options);
  };
}

/// Starts `t` on `loop` from another thread. `result()` of what it gives blocks; `cancel()` cancels the task. Errors:
/// loop_closed_error.
template <class T> executor_future<T> run_coroutine_threadsafe(task<T> t, event_loop &loop) {
  auto state = std::make_shared<detail::executor_future_state<T>>();
  auto handle = std::make_shared<task_handle<T>>();
  state->now = detail::executor_future_base::phase::running;
  state->on_cancel = [&loop, handle] {
    if (!loop.is_closed())
      loop.call_soon_threadsafe([handle] {
        if (handle->valid())
          handle->cancel();
      });
  };
  loop.call_soon_threadsafe([&loop, state, handle, t = std::move(t)]() mutable {
    *handle = loop.create_task(std::move(t));
    handle->add_done_callback([state, handle] {
      auto &core = handle->core();
      if (core.state == detail::outcome::cancelled) {
        state->finish(detail::executor_future_base::phase::cancelled);
      } else {
        if (core.state == detail::outcome::error) {
          state->error = handle->exception();
        } else if constexpr (std::is_void_v<T>) {
          state->slot.set();
        } else if constexpr (detail::copyable<T>) {
          state->slot.set(detail::slot_of<T>(&core).get());
        } else {
          state->slot.set(detail::slot_of<T>(&core).take());
        }
        state->finish(detail::executor_future_base::phase::done);
      }
      *handle = {};
      state->on_cancel = nullptr;
    });
  });
  return executor_future<T>(std::move(state));
}

} // namespace coroguard
