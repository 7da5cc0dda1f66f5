// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// executor.map: workers grab chunks of a range until nothing is left. Chunks grow until one takes some 50 µs.
#include "coroguard/thread_pool_executor.hpp"
#include "runtime/aio/debug.hpp"

#include <algorithm>

namespace coroguard {

void thread_pool_executor::start_map(std::shared_ptr<detail::map_work_base> work) {
  struct pump final : detail::job {
    std::shared_ptr<detail::map_work_base> work;
  };
  std::size_t n = std::min<std::size_t>(workers(), std::max<std::size_t>(1, work->count));
  work->pumps = n;
  work->active.store(n);
  for (std::size_t i = 0; i < n; ++i) {
    try {
      auto j = std::make_unique<pump>();
      j->work = work;
      j->run = [](detail::job *base) {
        std::unique_ptr<pump> self(static_cast<pump *>(base));
        self->work->pump();
      };
      j->drop = [](detail::job *base) {
        std::unique_ptr<pump> self(static_cast<pump *>(base));
        self->work->fail(0, std::make_exception_ptr(cancelled_error("the executor was shut down")));
        self->work->pump_ended();
      };
      submit_job(j.get());
      (void)j.release();
    } catch (...) { // those started do it all
      if (i == 0)
        throw;
      for (; i < n; ++i)
        work->pump_ended();
    }
  }
}

namespace detail {

void map_work_base::pump() noexcept {
  std::size_t mine = chunk ? chunk : 1;
  static const double ns = nanoseconds_per_tick();
  const auto aim = std::uint64_t(50'000 / ns);
  while (failed_at.load(std::memory_order_relaxed) == ~std::size_t(0)) {
    std::size_t from = next.fetch_add(mine, std::memory_order_relaxed);
    if (from >= count)
      break;
    std::size_t to = std::min(count, from + mine);
    if (chunk) {
      apply(from, to);
      continue;
    }
    std::uint64_t before = ticks();
    apply(from, to);
    std::uint64_t took = ticks() - before;
    if (took < aim / 2)
      mine *= 2;
    else if (took > aim * 2 && mine > 1)
      mine /= 2;
    std::size_t left = count - std::min(count, next.load(std::memory_order_relaxed));
    mine = std::clamp<std::size_t>(mine, 1, std::max<std::size_t>(1, left / (2 * pumps)));
  }
  pump_ended();
}

void map_work_base::pump_ended() noexcept {
  if (active.fetch_sub(1, std::memory_order_acq_rel) != 1)
    return;
  std::function<void()> call;
  {
    std::lock_guard lock(mutex);
    done = true;
    call = std::move(on_done);
    finished.notify_all();
  }
  if (call)
    call();
}

void map_work_base::wait() {
  std::unique_lock lock(mutex);
  finished.wait(lock, [&] { return done; });
}

void map_work_base::fail(std::size_t at, std::exception_ptr e) noexcept {
  std::lock_guard lock(mutex);
  if (at < failed_at.load()) {
    failed_at.store(at);
    error = std::move(e);
  }
}

void map_work_base::notify_loop(event_loop &loop, promise<> p) {
  loop.job_begin();
  auto shared = std::make_shared<promise<>>(std::move(p));
  on_done = [&loop, shared]() mutable {
    loop.call_soon_threadsafe([&loop, shared = std::move(shared)] {
      loop.job_end();
      if (!shared->done())
        shared->set_value();
    });
  };
}

} // namespace detail
} // namespace coroguard
