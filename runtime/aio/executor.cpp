// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The thread pool. Submitting is one push onto a lock-free stack; workers take it whole, turn it around and share it under a
// short lock. A worker takes more than one job at a time only while jobs are tiny.
#include "coroguard/thread_pool_executor.hpp"
#include "runtime/aio/debug.hpp"

#include <algorithm>
#include <pthread.h>
#include <sched.h>
#include <thread>

namespace coroguard {

namespace {
int usable_processors() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) == 0)
    return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}
} // namespace

struct thread_pool_executor::impl {
  std::size_t limit;
  std::string name;
  int processors = usable_processors();

  alignas(64) std::atomic<detail::job *> inbox{nullptr};
  alignas(64) std::atomic<std::uint32_t> epoch{0};
  std::atomic<int> sleeping{0}, spinning{0};
  std::atomic<bool> stop{false}, waking{false};
  std::atomic<std::uint64_t> mean_ticks{0}; ///< smoothed ticks per job
  alignas(64) std::mutex mutex;             ///< guards what follows
  detail::job *head = nullptr, **tail = &head;
  std::size_t queued = 0;
  std::vector<std::thread> threads;
  std::atomic<std::size_t> started{0};
  bool closed = false;

  /// One worker at a time is on its way out of sleep; it wakes the next if there is work left.
  void wake_one() {
    if (waking.exchange(true, std::memory_order_acq_rel))
      return;
    epoch.fetch_add(1, std::memory_order_release);
    epoch.notify_one();
  }
  /// Moves the inbox behind the shared queue. Under the lock.
  void collect() {
    detail::job *stack = inbox.exchange(nullptr, std::memory_order_acquire), *in_order = nullptr, *last = stack;
    std::size_t n = 0;
    while (stack) {
      detail::job *following = stack->next;
      stack->next = in_order;
      in_order = stack;
      stack = following;
      ++n;
    }
    if (n) {
      *tail = in_order;
      tail = &last->next;
      queued += n;
    }
  }
  detail::job *take(bool &more) {
    std::lock_guard lock(mutex);
    collect();
    if (!head) {
      more = false;
      return nullptr;
    }
    std::size_t n = 1;
    if (mean_ticks.load(std::memory_order_relaxed) < tiny_ticks)
      n = std::clamp<std::size_t>(queued / (2 * std::max<std::size_t>(1, std::min<std::size_t>(limit, std::size_t(processors)))), 1, 32);
    detail::job *first = head, *last = head;
    for (std::size_t i = 1; i < n; ++i)
      last = last->next;
    head = last->next;
    if (!head)
      tail = &head;
    last->next = nullptr;
    queued -= n;
    more = head != nullptr;
    return first;
  }
  /// Messages of finished jobs, sent together: one exchange of a contended cache line for many.
  struct outbox {
    event_loop *loop = nullptr;
    detail::ready_node *first = nullptr, *last = nullptr;
    void add(event_loop *to, detail::ready_node *message) {
      if (loop != to)
        send();
      loop = to;
      message->next_ready = first;
      first = message;
      if (!last)
        last = message;
    }
    void send() {
      if (first)
        loop->push_threadsafe(first, last);
      first = last = nullptr;
    }
  };
  static void settle(detail::job *j, outbox &out) {
    std::uint8_t expected = detail::job::queued;
    auto *message = j->message; // jobs without one are gone after run
    auto *loop = j->loop_of_message;
    if (j->state.compare_exchange_strong(expected, detail::job::taken, std::memory_order_acq_rel))
      j->run(j);
    else
      j->drop(j);
    if (message)
      out.add(loop, message);
  }
  void run_jobs(detail::job *j) {
    std::uint64_t before = detail::ticks(), n = 0;
    outbox out;
    while (j) {
      detail::job *following = j->next;
      settle(j, out);
      j = following;
      ++n;
      if (j && detail::ticks() - before > tiny_ticks * 8) // not so tiny after all: let the finished ones go
        out.send();
    }
    out.send();
    std::uint64_t mean = mean_ticks.load(std::memory_order_relaxed), now = (detail::ticks() - before) / n;
    mean_ticks.store(now > mean ? now : mean - mean / 8 + now / 8, std::memory_order_relaxed);
  }
  void work(std::size_t index) {
    ::pthread_setname_np(::pthread_self(), (name + "-" + std::to_string(index)).substr(0, 15).c_str());
    int spin_limit = processors > 1 ? 256 : 0;
    for (;;) {
      bool more = false;
      if (detail::job *j = take(more)) {
        if (more && sleeping.load(std::memory_order_relaxed) > 0 && spinning.load(std::memory_order_relaxed) == 0)
          wake_one();
        run_jobs(j);
        continue;
      }
      if (stop.load())
        return;
      bool seen = false;
      if (spin_limit > 0 && spinning.fetch_add(1) < processors - 1) {
        for (int k = 0; k < spin_limit && !seen; ++k) {
          relax();
          seen = inbox.load(std::memory_order_relaxed) != nullptr || stop.load(std::memory_order_relaxed);
        }
        spinning.fetch_sub(1);
        spin_limit = seen ? std::min(4096, spin_limit * 2) : std::max(32, spin_limit / 2);
      } else if (spin_limit > 0) {
        spinning.fetch_sub(1);
      }
      if (seen)
        continue;
      std::uint32_t e = epoch.load(std::memory_order_acquire);
      sleeping.fetch_add(1);
      waking.store(false); // a wake-up that found nobody asleep is void
      bool anything;
      {
        std::lock_guard lock(mutex);
        anything = head != nullptr;
      }
      if (!anything && !inbox.load() && !stop.load())
        epoch.wait(e);
      sleeping.fetch_sub(1);
      waking.store(false, std::memory_order_release);
    }
  }
  void start_another() { // under the lock
    threads.emplace_back([this, i = threads.size()] { work(i); });
    started.store(threads.size(), std::memory_order_release);
  }

  static const std::uint64_t tiny_ticks;
};
const std::uint64_t thread_pool_executor::impl::tiny_ticks = std::uint64_t(5000 / std::max(0.01, detail::nanoseconds_per_tick()));

thread_pool_executor::thread_pool_executor(std::size_t max_workers, std::string name) : impl_(new impl) {
  impl_->limit = max_workers ? max_workers : std::min<std::size_t>(32, std::size_t(impl_->processors) + 4);
  impl_->name = std::move(name);
}
thread_pool_executor::~thread_pool_executor() { shutdown(true, true); }

void thread_pool_executor::submit_job(detail::job *j) {
  impl &p = *impl_;
  if (p.started.load(std::memory_order_acquire) < p.limit) [[unlikely]] { // as in Python: a new thread unless one is idle
    std::lock_guard lock(p.mutex);
    if (p.closed)
      throw invalid_state_error("coroguard: cannot submit to executor '" + p.name + "' after its shutdown");
    if (p.threads.size() < p.limit && p.sleeping.load() == 0 && p.spinning.load() == 0)
      p.start_another();
  } else if (p.stop.load(std::memory_order_relaxed)) [[unlikely]] {
    throw invalid_state_error("coroguard: cannot submit to executor '" + p.name + "' after its shutdown");
  }
  detail::job *head = p.inbox.load(std::memory_order_relaxed);
  do
    j->next = head;
  while (!p.inbox.compare_exchange_weak(head, j, std::memory_order_seq_cst, std::memory_order_relaxed));
  if (p.sleeping.load(std::memory_order_seq_cst) > 0 && p.spinning.load(std::memory_order_relaxed) == 0)
    p.wake_one();
}

void thread_pool_executor::shutdown(bool wait, bool cancel_pending) {
  impl &p = *impl_;
  detail::job *dropped = nullptr;
  {
    std::lock_guard lock(p.mutex);
    p.closed = true;
    p.collect();
    if (cancel_pending || p.threads.empty()) {
      dropped = p.head;
      p.head = nullptr;
      p.tail = &p.head;
      p.queued = 0;
    }
  }
  while (dropped) {
    detail::job *following = dropped->next;
    std::uint8_t expected = detail::job::queued;
    dropped->state.compare_exchange_strong(expected, detail::job::cancelled);
    auto *message = dropped->message;
    auto *loop = dropped->loop_of_message;
    dropped->drop(dropped);
    if (message)
      loop->push_threadsafe(message);
    dropped = following;
  }
  p.stop.store(true);
  p.epoch.fetch_add(1);
  p.epoch.notify_all();
  if (!wait)
    return;
  for (auto &t : p.threads)
    if (t.joinable()) {
      if (t.get_id() == std::this_thread::get_id())
        t.detach(); // shut down from one of its own jobs
      else
        t.join();
    }
}

std::size_t thread_pool_executor::workers() const noexcept { return impl_->limit; }
const std::string &thread_pool_executor::name() const noexcept { return impl_->name; }

std::shared_ptr<executor> make_default_executor() { return std::make_shared<thread_pool_executor>(); }

// --- map ---------------------------------------------------------------------------------------------------------

void thread_pool_executor::start_map(std::shared_ptr<detail::map_work_base> work) {
  struct pump final : detail::job {
    std::shared_ptr<detail::map_work_base> work;
  };
  std::size_t n = std::min<std::size_t>(workers(), std::max<std::size_t>(1, work->count));
  work->pumps = n;
  work->active.store(n);
  for (std::size_t i = 0; i < n; ++i) {
    auto *j = new pump;
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
    try {
      submit_job(j);
    } catch (...) {
      delete j;
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
