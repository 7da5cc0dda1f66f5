// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// thread_pool_executor: threads that run callables, for blocking or heavy work (concurrent.futures.ThreadPoolExecutor).
//
//   coroguard::thread_pool_executor pool(4, "worker");
//   auto f = pool.submit(count_words, text);      // from any thread; f.result() blocks
//   std::vector<bool> p = pool.map(is_prime, std::views::iota(0, 100'000));   // order kept, chunked automatically
//   int n = co_await coroguard::run_in_executor(pool, count_words, text);     // in a coroutine
#pragma once

#include "coroguard/executor.hpp"
#include "coroguard/executor_future.hpp"
#include "coroguard/run_in_executor.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

namespace coroguard {

/// Chunk size of map: let it adapt, so that a chunk takes some 50 µs.
inline constexpr std::size_t auto_chunk = 0;

/// Threads start on demand, up to `max_workers`. Thread-safe.
class thread_pool_executor final : public executor {
public:
  /// `max_workers` 0: min(32, processors + 4). Threads are named `name`-0, -1, … (15 characters are kept by the system).
  explicit thread_pool_executor(std::size_t max_workers = 0, std::string name = "coroguard");
  /// shutdown(true, true): waits for running work, drops queued jobs.
  ~thread_pool_executor() override;

  /// Queues `f(args...)`. Errors: invalid_state_error after shutdown; std::system_error if not even the first thread can be started.
  template <class F, class... Args> auto submit(F &&f, Args &&...args) {
    auto call = detail::bind_call(std::forward<F>(f), std::forward<Args>(args)...);
    using R = std::invoke_result_t<decltype(call) &>;
    auto state = std::make_shared<detail::executor_future_state<R>>();
    struct submitted : detail::job {
      decltype(call) f;
      std::shared_ptr<detail::executor_future_state<R>> state;
      submitted(decltype(call) &&g, std::shared_ptr<detail::executor_future_state<R>> s) : f(std::move(g)), state(std::move(s)) {}
    };
    auto *j = new submitted(std::move(call), state);
    j->run = [](detail::job *base) {
      std::unique_ptr<submitted> self(static_cast<submitted *>(base));
      if (self->state->start())
        self->state->run(self->f);
    };
    j->drop = [](detail::job *base) {
      std::unique_ptr<submitted> self(static_cast<submitted *>(base));
      self->state->cancel();
    };
    try {
      submit_job(j);
    } catch (...) {
      delete j;
      throw;
    }
    return executor_future<R>(std::move(state));
  }

  /// `f(item)` for every item of a random-access range; blocks; results in order (void if `f` gives nothing). The exception of the lowest failing item is
  /// thrown after the others stopped. `chunk`: items per grab, or auto_chunk. Do not call it from a task (use async_map)
  /// nor from one of the pool's own threads.
  template <class F, std::ranges::random_access_range R> auto map(F f, R &&range, std::size_t chunk = auto_chunk) {
    auto work = detail::make_map_work(std::move(f), range, chunk);
    start_map(work);
    work->wait();
    return work->take();
  }
  /// The same for coroutines: `auto v = co_await pool.async_map(f, range);`. The range must live until then.
  template <class F, std::ranges::random_access_range R> auto async_map(F f, R &&range, std::size_t chunk = auto_chunk);

  void submit_job(detail::job *j) override;
  void shutdown(bool wait = true, bool cancel_pending = false) override;
  std::size_t workers() const noexcept override;
  const std::string &name() const noexcept;

  // --- for the library: a loop about to sleep takes what workers hold of its results; false if that is nothing
  static bool fetch_results(event_loop &loop);

private:
  void start_map(std::shared_ptr<detail::map_work_base> work);
  struct impl;
  std::unique_ptr<impl> impl_;
};

template <class F, std::ranges::random_access_range R>
auto thread_pool_executor::async_map(F f, R &&range, std::size_t chunk) {
  auto work = detail::make_map_work(std::move(f), range, chunk);
  using result = decltype(work->take());
  promise<> done;
  auto ready = done.get_future();
  auto &loop = current_loop();
  work->notify_loop(loop, std::move(done));
  try {
    start_map(work);
  } catch (...) {
    loop.job_end(); // it will never report
    throw;
  }
  return [](auto w, future<> r) -> task<result> {
    co_await shield(r);
    co_return w->take();
  }(work, std::move(ready));
}

} // namespace coroguard
