// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run_in_executor and to_thread: run a plain function on another thread and await its result.
//
//   auto text = co_await coroguard::to_thread(read_whole_file, path);
//   auto n = co_await coroguard::run_in_executor(pool, [&] { return count(text); });
#pragma once

#include "coroguard/context.hpp"
#include "coroguard/executor.hpp"
#include "coroguard/executor_future.hpp"
#include "coroguard/future.hpp"
#include "coroguard/shield.hpp"

#include <memory>
#include <ranges>
#include <variant>
#include <vector>

namespace coroguard {

namespace detail {

/// A call on an executor: future, job and completion message in one record, owned by the loop side.
template <class T, class F> struct offload final : future_state<T>, job, ready_node {
  F f;
  result_slot<T> produced;
  std::exception_ptr failure;
  context_map *context;
  static const future_operations table;

  offload(event_loop *l, F &&g) : future_state<T>(l, &table), f(std::move(g)), context(current_context()) {
    if (context)
      context_retain(context);
    job::run = [](job *j) {
      auto *self = static_cast<offload *>(j);
      {
        std::optional<context_scope> scope;
        if (self->context)
          scope.emplace(self->context);
        try {
          if constexpr (std::is_void_v<T>)
            self->f();
          else
            self->produced.set(self->f());
        } catch (...) {
          self->failure = std::current_exception();
        }
      }
    };
    job::message = this;
    job::loop_of_message = l;
    job::drop = [](job *) {}; // the message is sent as well
    ready_node::run = [](ready_node *node) { // back on the loop
      auto *self = static_cast<offload *>(node);
      self->loop->job_end();
      if (!self->done()) {
        if (self->job::state.load(std::memory_order_relaxed) == job::cancelled) {
          self->finish(outcome::cancelled);
        } else if (self->failure) {
          self->fail(std::move(self->failure));
        } else {
          if constexpr (std::is_void_v<T>)
            self->slot.set();
          else
            self->slot.set(self->produced.take());
          self->finish(outcome::value);
        }
      }
      self->release(); // the job's reference
    };
  }
  ~offload() {
    if (context)
      context_release(context);
  }
};
template <class T, class F>
const future_operations offload<T, F>::table = {
    [](future_core *f) noexcept {
      f->report_unretrieved();
      delete static_cast<offload *>(static_cast<future_state<T> *>(f));
    },
    [](future_core *f) {
      auto *self = static_cast<offload *>(static_cast<future_state<T> *>(f));
      self->job::state.store(job::cancelled, std::memory_order_release); // if it runs already, its result is dropped
      f->finish(outcome::cancelled);
      return true;
    },
    "a function in an executor"};

template <class F> auto offload_call(event_loop &loop, executor &where, F call) {
  using T = std::invoke_result_t<F &>;
  loop.check_open();
  auto *state = new offload<T, F>(&loop, std::move(call));
  auto result = core_ref<future_core>::adopt(state);
  state->retain(); // the job's reference
  loop.job_begin();
  try {
    where.submit_job(state);
  } catch (...) {
    loop.job_end();
    state->release();
    throw;
  }
  return future<T>(std::move(result));
}

/// A map over a range: workers grab chunks until nothing is left.
struct map_work_base {
  std::size_t count = 0, chunk = 0, pumps = 1;
  std::atomic<std::size_t> next{0}, active{0};
  std::atomic<std::size_t> failed_at{~std::size_t(0)};
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  std::exception_ptr error;
  std::function<void()> on_done;

  virtual ~map_work_base() = default;
  virtual void apply(std::size_t from, std::size_t to) = 0; ///< throws what an item throws; sets `at` to its number
  void pump() noexcept;
  void pump_ended() noexcept;
  void wait();
  void fail(std::size_t at, std::exception_ptr e) noexcept;
  void notify_loop(event_loop &loop, promise<> p);
};

/// What a map over a range gives: nothing if the function gives nothing.
template <class R> struct mapped_values { using type = std::vector<R>; };
template <> struct mapped_values<void> { using type = void; };
template <class R> using mapped = typename mapped_values<R>::type;

template <class F, class Iterator, class R> struct map_work final : map_work_base {
  F f;
  Iterator first;
  using slot = std::conditional_t<std::is_void_v<R>, std::monostate, std::conditional_t<std::is_trivially_default_constructible_v<R>, R, std::optional<R>>>;
  std::unique_ptr<slot[]> results;
  map_work(F g, Iterator i, std::size_t n) : f(std::move(g)), first(i), results(n && !std::is_void_v<R> ? new slot[n] : nullptr) { count = n; }
  void apply(std::size_t from, std::size_t to) override {
    std::size_t i = from;
    try {
      for (; i < to; ++i)
        if constexpr (std::is_void_v<R>)
          f(first[std::ptrdiff_t(i)]);
        else
          results[i] = f(first[std::ptrdiff_t(i)]);
    } catch (...) {
      fail(i, std::current_exception());
    }
  }
  mapped<R> take() {
    if (error)
      std::rethrow_exception(error);
    if constexpr (!std::is_void_v<R>) {
      mapped<R> out;
      out.reserve(count);
      for (std::size_t i = 0; i < count; ++i) {
        if constexpr (std::is_trivially_default_constructible_v<R>)
          out.push_back(results[i]);
        else
          out.push_back(std::move(*results[i]));
      }
      return out;
    }
  }
};
template <class F, class R> auto make_map_work(F f, R &range, std::size_t chunk) {
  using iterator = std::ranges::iterator_t<R>;
  using result = std::remove_cvref_t<std::invoke_result_t<F &, std::ranges::range_reference_t<R>>>;
  auto work = std::make_shared<map_work<F, iterator, result>>(std::move(f), std::ranges::begin(range),
                                                             std::size_t(std::ranges::distance(range)));
  work->chunk = chunk;
  return work;
}

} // namespace detail

/// Runs `f(args...)` on `where`; starts at once. `co_await` the result. Cancelling: what has not started never runs; what
/// runs goes on and its result is dropped. Context variables are those of the caller. Errors: invalid_state_error if the
/// executor was shut down; std::system_error if not even its first thread can be started.
template <class F, class... Args> auto run_in_executor(executor &where, F &&f, Args &&...args) {
  return detail::offload_call(current_loop(), where, detail::bind_call(std::forward<F>(f), std::forward<Args>(args)...));
}
/// `nullptr`: the loop's default executor.
template <class F, class... Args> auto run_in_executor(std::nullptr_t, F &&f, Args &&...args) {
  return run_in_executor(current_loop().default_executor(), std::forward<F>(f), std::forward<Args>(args)...);
}
/// Runs `f(args...)` on the loop's default executor.
template <class F, class... Args> auto to_thread(F &&f, Args &&...args) {
  return run_in_executor(nullptr, std::forward<F>(f), std::forward<Args>(args)...);
}

} // namespace coroguard
