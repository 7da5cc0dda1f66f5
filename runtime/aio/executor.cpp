// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The thread pool. Submitting is one push onto a lock-free stack; workers take it whole, turn it around and share it under a
// short lock. A worker takes more than one job at a time (a batch) only while jobs are tiny; what it has not begun stays in its `rest`.
// An idle worker (the watcher) looks at the rests every half millisecond and takes over what is stuck behind a job that blocks.
// Results of a batch go to their loop together at its end; at once to a loop that sleeps; and a loop about to sleep fetches them. So a
// job that blocks never holds up the results of those before it.
#include "coroguard/thread_pool_executor.hpp"
#include "runtime/aio/debug.hpp"
#include "runtime/aio/loop_descriptors.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>

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
  std::atomic<std::size_t> limit{1};
  std::string name;
  int processors = usable_processors();
  unsigned born = (detail::watch_forks(), detail::fork_generation.load());
  /// In a child made by fork() there are no threads, and the locks may be held for ever.
  bool forked() const noexcept { return born != detail::fork_generation.load(std::memory_order_relaxed); }

  alignas(64) std::atomic<detail::job *> inbox{nullptr};
  alignas(64) std::atomic<std::uint32_t> epoch{0};
  std::atomic<int> sleeping{0}, spinning{0}, watchers{0};
  std::atomic<bool> stop{false}, waking{false};
  std::atomic<std::uint64_t> mean_ticks{0}; ///< smoothed ticks per job
  alignas(64) std::mutex mutex;             ///< guards what follows
  detail::job *head = nullptr, **tail = &head;
  std::size_t queued = 0, alive = 0;
  /// Messages of finished jobs, sent together: one exchange of a contended cache line for many.
  struct outbox {
    event_loop *loop = nullptr;
    detail::ready_node *first = nullptr, *last = nullptr; ///< newest first
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
  struct worker {
    /// The batch: null if there is none, else the next job to begin, or `all_begun`. Whoever exchanges it for `locked` owns the batch
    /// until it stores something else.
    alignas(64) std::atomic<detail::job *> rest{nullptr};
    outbox finished; ///< of the batch
    std::thread thread;

    detail::job *lock() noexcept {
      for (int k = 0;; ++k) {
        detail::job *j = rest.exchange(locked(), std::memory_order_acq_rel);
        if (j != locked())
          return j;
        if (k < 64)
          relax();
        else
          std::this_thread::yield();
      }
    }
    /// A batch goes on with `j` and what follows.
    void unlock(detail::job *j) noexcept { rest.store(j ? j : all_begun(), std::memory_order_release); }
    void unlock_without_batch() noexcept { rest.store(nullptr, std::memory_order_release); }
    bool has_batch() const noexcept { return rest.load(std::memory_order_relaxed) != nullptr; }
    static detail::job *locked() noexcept { return &marks[0]; }
    static detail::job *all_begun() noexcept { return &marks[1]; }
    static bool is_job(detail::job *j) noexcept { return j && j != &marks[0] && j != &marks[1]; }
    static inline detail::job marks[2];
  };
  std::vector<std::unique_ptr<worker>> crew;
  std::atomic<std::size_t> started{0};
  std::atomic<int> batches{0}; ///< under way
  std::atomic<bool> closed{false}; ///< set under the lock

  /// One worker at a time is on its way out of sleep; it wakes the next if there is work left.
  void wake_one() {
    if (waking.exchange(true, std::memory_order_acq_rel))
      return;
    epoch.fetch_add(1, std::memory_order_release);
    wake(1);
  }
  void wake(int n) noexcept { ::syscall(SYS_futex, &epoch, FUTEX_WAKE_PRIVATE, n, nullptr, nullptr, 0); }
  /// False: the time is over.
  bool wait(std::uint32_t seen, const timespec *limit) noexcept {
    return ::syscall(SYS_futex, &epoch, FUTEX_WAIT_PRIVATE, seen, limit, nullptr, 0) == 0 || errno != ETIMEDOUT;
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
  /// Takes over what busy workers have not begun. Under the lock: batches may end meanwhile, but none begins.
  void steal() {
    for (auto &w : crew) {
      if (!w->has_batch())
        continue;
      detail::job *rest = w->lock();
      if (!rest) {
        w->unlock_without_batch();
        continue;
      }
      w->unlock(nullptr);
      if (!worker::is_job(rest))
        continue;
      *tail = rest;
      for (; rest; rest = rest->next, ++queued)
        tail = &rest->next;
    }
  }
  /// Gives `loop` its results of unfinished batches; false if there are none.
  bool fetch_results(event_loop &loop) {
    std::lock_guard guard(mutex);
    bool any = false;
    for (auto &w : crew) {
      if (!w->has_batch())
        continue;
      detail::job *rest = w->lock();
      outbox mine;
      if (rest && w->finished.loop == &loop)
        mine = std::exchange(w->finished, {});
      if (rest)
        w->unlock(rest);
      else
        w->unlock_without_batch();
      detail::ready_node *in_order = nullptr;
      while (mine.first) {
        auto *following = std::exchange(mine.first->next_ready, in_order);
        in_order = std::exchange(mine.first, following);
      }
      while (in_order) {
        auto *following = in_order->next_ready;
        loop.push(in_order);
        in_order = following;
        any = true;
      }
    }
    return any;
  }
  bool others_have_some() { // under the lock
    return std::any_of(crew.begin(), crew.end(), [](auto &w) { return w->has_batch(); });
  }
  /// The next job; the rest of what is taken goes to `me.rest`. `more`: somebody else should look, too. `impatient`: take over what
  /// others have not begun, if there is nothing else.
  detail::job *take(worker &me, bool &more, bool impatient) {
    std::lock_guard lock(mutex);
    collect();
    if (!head && impatient)
      steal();
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
    more = head || (first->next && watchers.load() == 0);
    if (n > 1) {
      me.unlock(first->next);
      batches.fetch_add(1); // before any of its results: a loop that sleeps by then is seen to
    }
    return first;
  }
  static void settle(detail::job *j) {
    if (j->state.load(std::memory_order_acquire) == detail::job::queued)
      j->run(j);
    else
      j->drop(j);
  }
  /// Runs the batch that begins with `j`; gives the number of its jobs.
  std::uint64_t run_batch(worker &me, detail::job *j) {
    std::uint64_t n = 0;
    for (;; ++n) {
      auto *message = j->message; // jobs without one are gone after run
      auto *loop = j->loop_of_message;
      settle(j);
      j = me.lock();
      if (message)
        me.finished.add(loop, message);
      if (!worker::is_job(j))
        break;
      outbox now;
      if (message && loop->sleeps())
        now = std::exchange(me.finished, {});
      me.unlock(j->next);
      now.send();
    }
    outbox last = std::exchange(me.finished, {});
    me.unlock_without_batch();
    batches.fetch_sub(1);
    last.send();
    return n + 1;
  }
  void run_jobs(worker &me, detail::job *j) {
    std::uint64_t before = detail::ticks(), n = 1;
    if (me.has_batch()) {
      n = run_batch(me, j);
    } else {
      auto *message = j->message;
      auto *loop = j->loop_of_message;
      settle(j);
      if (message)
        loop->push_threadsafe(message);
    }
    std::uint64_t mean = mean_ticks.load(std::memory_order_relaxed), now = (detail::ticks() - before) / n;
    mean_ticks.store(now > mean ? now : mean - mean / 8 + now / 8, std::memory_order_relaxed);
  }
  /// A job was queued, or taken with others behind it: somebody must be there for it.
  void call_somebody() {
    if (spinning.load() > 0)
      return; // looks again before it sleeps
    if (sleeping.load() > 0) {
      wake_one();
    } else if (started.load(std::memory_order_relaxed) < limit) {
      std::lock_guard lock(mutex);
      if (closed || crew.size() >= limit || sleeping.load() > 0 || spinning.load() > 0)
        return;
      try {
        start_another();
      } catch (const std::bad_alloc &) { // those there are must do
      }
    }
  }
  void work(worker &me, std::size_t index) {
    ::pthread_setname_np(::pthread_self(), (name + "-" + std::to_string(index)).substr(0, 15).c_str());
    int spin_limit = processors > 1 ? 256 : 0;
    bool impatient = false;
    for (;;) {
      bool more = false;
      if (detail::job *j = take(me, more, std::exchange(impatient, false))) {
        if (more)
          call_somebody();
        run_jobs(me, j);
        continue;
      }
      if (stop.load())
        break;
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
      impatient = sleep_until_called();
    }
  }
  /// True: nobody called, and another worker has jobs it does not get to.
  bool sleep_until_called() {
    static constexpr timespec glance{0, 500'000};
    std::uint32_t e = epoch.load(std::memory_order_acquire);
    sleeping.fetch_add(1);
    waking.store(false); // a wake-up that found nobody asleep is void
    bool queued_now, watch;
    {
      std::lock_guard lock(mutex);
      queued_now = head || inbox.load();
      watch = others_have_some();
    }
    bool called = true;
    if (!queued_now && !stop.load()) {
      watchers.fetch_add(watch);
      called = wait(e, watch ? &glance : nullptr);
      watchers.fetch_sub(watch);
    }
    sleeping.fetch_sub(1);
    waking.store(false, std::memory_order_release);
    return !called;
  }
  void start_another() { // under the lock
    auto w = std::make_unique<worker>();
    crew.reserve(crew.size() + 1);
    ++alive;
    try {
      w->thread = std::thread([this, me = w.get(), i = crew.size()] {
        work(*me, i);
        leave();
      });
    } catch (const std::system_error &e) { // no more threads: those there are must do
      --alive;
      if (crew.empty())
        throw std::system_error(e.code(), "coroguard: executor '" + name + "': its first thread cannot be started");
      limit = crew.size();
      return;
    }
    crew.push_back(std::move(w));
    started.store(crew.size(), std::memory_order_release);
  }
  void leave() {
    {
      std::lock_guard lock(mutex);
      --alive;
    }
    drop_if_ended();
  }
  /// What came in while the last worker ended is cancelled.
  void drop_if_ended() {
    detail::job *left = nullptr;
    {
      std::lock_guard lock(mutex);
      if (alive > 0 || !closed)
        return;
      left = take_all();
    }
    drop(left);
  }
  detail::job *take_all() { // under the lock
    collect();
    tail = &head;
    queued = 0;
    return std::exchange(head, nullptr);
  }
  static void drop(detail::job *dropped) {
    while (dropped) {
      detail::job *following = dropped->next;
      dropped->state.store(detail::job::cancelled, std::memory_order_release);
      auto *message = dropped->message;
      auto *loop = dropped->loop_of_message;
      dropped->drop(dropped);
      if (message)
        loop->push_threadsafe(message);
      dropped = following;
    }
  }

  static const std::uint64_t tiny_ticks;

  /// All pools of the process, for loops that fetch results.
  impl *next_pool = nullptr, **link = nullptr;
  impl() {
    std::lock_guard guard(detail::pools_mutex);
    if ((next_pool = pools))
      pools->link = &next_pool;
    pools = this;
    link = &pools;
  }
  ~impl() {
    std::lock_guard guard(detail::pools_mutex);
    if ((*link = next_pool))
      next_pool->link = link;
  }
  static inline impl *pools = nullptr;
};
constinit std::mutex detail::pools_mutex;
bool thread_pool_executor::fetch_results(event_loop &loop) {
  std::lock_guard guard(detail::pools_mutex);
  bool any = false;
  for (impl *p = impl::pools; p; p = p->next_pool)
    if (p->batches.load() > 0 && !p->forked())
      any |= p->fetch_results(loop);
  return any;
}
const std::uint64_t thread_pool_executor::impl::tiny_ticks = std::uint64_t(5000 / std::max(0.01, detail::nanoseconds_per_tick()));

thread_pool_executor::thread_pool_executor(std::size_t max_workers, std::string name) : impl_(new impl) {
  impl_->limit = max_workers ? max_workers : std::min<std::size_t>(32, std::size_t(impl_->processors) + 4);
  impl_->name = std::move(name);
}
thread_pool_executor::~thread_pool_executor() {
  shutdown(true, true);
  if (impl_->forked())
    (void)impl_.release(); // threads that are not there cannot be joined
}

void thread_pool_executor::submit_job(detail::job *j) {
  impl &p = *impl_;
  if (p.forked()) [[unlikely]]
    throw invalid_state_error("coroguard: executor '" + p.name + "' belongs to the parent process; after fork() make a new one, or exec");
  if (p.closed.load(std::memory_order_relaxed)) [[unlikely]]
    throw invalid_state_error("coroguard: cannot submit to executor '" + p.name + "' after its shutdown");
  if (p.started.load(std::memory_order_relaxed) == 0) [[unlikely]] { // a first thread that cannot be started is an error
    std::lock_guard lock(p.mutex);
    if (!p.closed && p.crew.empty())
      p.start_another();
  }
  detail::job *head = p.inbox.load(std::memory_order_relaxed);
  do
    j->next = head;
  while (!p.inbox.compare_exchange_weak(head, j, std::memory_order_seq_cst, std::memory_order_relaxed));
  if (!head) // who made it not empty called somebody
    p.call_somebody();
  if (p.closed) [[unlikely]] // shut down meanwhile
    p.drop_if_ended();
}

void thread_pool_executor::shutdown(bool wait, bool cancel_pending) {
  impl &p = *impl_;
  if (p.forked())
    return;
  detail::job *dropped = nullptr;
  {
    std::lock_guard lock(p.mutex);
    p.closed = true;
    if (cancel_pending) {
      p.steal();
      dropped = p.take_all();
    }
  }
  impl::drop(dropped);
  p.drop_if_ended();
  p.stop.store(true);
  p.epoch.fetch_add(1);
  p.wake(INT_MAX);
  if (!wait)
    return;
  for (auto &w : p.crew) // does not grow any more
    if (w->thread.joinable()) {
      if (w->thread.get_id() == std::this_thread::get_id())
        w->thread.detach(); // shut down from one of its own jobs
      else
        w->thread.join();
    }
}

std::size_t thread_pool_executor::workers() const noexcept { return impl_->limit; }
const std::string &thread_pool_executor::name() const noexcept { return impl_->name; }

std::shared_ptr<executor> make_default_executor() { return std::make_shared<thread_pool_executor>(); }

} // namespace coroguard
