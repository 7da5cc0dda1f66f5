// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// event_loop: runs ready callbacks and tasks, one batch after the other, and sleeps in epoll between them. Order is
// asyncio's: first come first served; what becomes ready during a batch runs in the next one.
//
//   coroguard::event_loop loop;
//   loop.call_soon([] { std::puts("second turn of nobody"); });
//   loop.run_until_complete(program());
//   loop.close();
//
// A loop belongs to the thread that runs it. Only call_soon_threadsafe (and what is documented so) may be called from
// others; debug mode reports everything else as `async-thread-affinity`.
#pragma once

#include "coroguard/detail/poller.hpp"
#include "coroguard/report.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace coroguard {

template <class T> class task;
template <class T> class task_handle;
template <class T> class future;
class any_task;
class executor;

/// Points and spans of a loop's time. With the real clock these are std::chrono::steady_clock's; a virtual clock starts at 0.
using time_point = std::chrono::steady_clock::time_point;
using duration = std::chrono::nanoseconds;

enum class clock_kind : std::uint8_t { real, virtual_time };
inline constexpr clock_kind real_clock = clock_kind::real;
/// Sleeping costs nothing: when nobody is ready, time jumps to the next timer.
inline constexpr clock_kind virtual_clock = clock_kind::virtual_time;

/// What a loop does when nothing can wake the tasks that are left. `automatic`: fail with a virtual clock, report in debug
/// mode, otherwise wait (another thread may still call).
enum class on_deadlock : std::uint8_t { automatic, wait, report, fail };

struct loop_options {
  std::string name = {};          ///< for reports; "loop-N" if empty
  std::optional<bool> debug = {}; ///< unset: environment COROGUARD_DEBUG=1
  clock_kind clock = real_clock;
  on_deadlock deadlock = on_deadlock::automatic;
  std::chrono::milliseconds slow_callback{100}; ///< debug: a longer step is reported
  std::size_t large_frame = 16384;              ///< debug: a larger coroutine frame is reported (bytes)
  std::optional<std::uint64_t> seed = {};       ///< run ready nodes in an order drawn from this seed
};

namespace detail {
struct callback_node;
class schedule; ///< seeded or replayed choices
template <class F> struct callback_of;
std::int64_t saturating_deadline(std::int64_t now, std::chrono::duration<double, std::nano> delay);
template <class Rep, class Period> duration to_duration(std::chrono::duration<Rep, Period> d);
[[noreturn]] void throw_no_loop();
} // namespace detail

/// Handle of a scheduled callback. Copies share it. Loop thread only. Dropping it does not cancel.
class callback_handle {
public:
  callback_handle() noexcept = default;
  callback_handle(const callback_handle &other) noexcept;
  callback_handle(callback_handle &&other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  callback_handle &operator=(callback_handle other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~callback_handle();
  /// The callback will not run. No effect if it ran or was cancelled.
  void cancel() noexcept;
  bool cancelled() const noexcept;
  /// Due time of call_later and call_at; the epoch for call_soon.
  time_point when() const noexcept;

private:
  friend class event_loop;
  explicit callback_handle(detail::callback_node *node) noexcept : node_(node) {}
  detail::callback_node *node_ = nullptr;
};

class event_loop {
public:
  /// Errors: std::system_error if the system has no descriptors left.
  explicit event_loop(loop_options options = {});
  event_loop(const event_loop &) = delete;
  event_loop &operator=(const event_loop &) = delete;
  /// Closes. Tasks still pending are destroyed and reported (`async-unawaited-task`, kind "task").
  ~event_loop();

  // --- callbacks
  /// Runs `f(args...)` in the next batch. Exceptions go to the exception handler. Errors: loop_closed_error.
  template <class F, class... Args> callback_handle call_soon(F &&f, Args &&...args);
  /// Runs it once `delay` has passed (a negative one is over already; huge ones saturate). Ties run in the order of the calls.
  template <class Rep, class Period, class F, class... Args>
  callback_handle call_later(std::chrono::duration<Rep, Period> delay, F &&f, Args &&...args);
  template <class F, class... Args> callback_handle call_at(time_point when, F &&f, Args &&...args);
  /// As call_soon, from any thread; wakes the loop. Errors: loop_closed_error. The loop must live until the call returns.
  template <class F, class... Args> void call_soon_threadsafe(F &&f, Args &&...args);
  /// The loop's clock.
  time_point time() const noexcept { return time_point(duration(now_ns())); }

  // --- life cycle
  /// Runs until stop(). Errors: nested_run_error, loop_closed_error, deadlock_error.
  void run_forever();
  /// Runs until the task or future is done and gives its result or throws its exception. If the loop is stopped first:
  /// invalid_state_error.
  template <class T> T run_until_complete(task<T> main);
  template <class T> T run_until_complete(task_handle<T> main);
  template <class T> T run_until_complete(future<T> main);
  /// Lets the current batch finish, then run_forever returns. Loop thread only.
  void stop() noexcept { stopping_ = true; }
  /// Frees everything. Errors: invalid_state_error while running. Closing twice is fine.
  void close();
  bool is_running() const noexcept { return running_; }
  bool is_closed() const noexcept { return closed_.load(std::memory_order_relaxed); }
  const std::string &name() const noexcept { return options_.name; }
  bool debug() const noexcept { return debug_; }
  void set_debug(bool on) noexcept;
  clock_kind clock() const noexcept { return options_.clock; }

  // --- tasks
  /// Starts `t` as a task of its own, in the next batch. Errors: invalid_state_error if `t` is empty; loop_closed_error.
  template <class T> task_handle<T> create_task(task<T> &&t, std::string_view name = {});
  /// Every task that is not done, oldest first.
  std::vector<any_task> all_tasks();
  /// Cancels every task but the calling one, runs until they are done, reports their errors. Not while running.
  void cancel_all_tasks();
  /// Closes every async generator that was started and is suspended at a `co_yield` (aclose), and reports their errors. Not while
  /// running. Called by run().
  void shutdown_generators();

  // --- descriptors (for code that brings its own sockets)
  /// Calls `f` whenever `fd` is readable (writable), until removed. Replaces an earlier one. Errors: std::system_error.
  void add_reader(int fd, std::function<void()> f);
  void add_writer(int fd, std::function<void()> f);
  /// True if there was one.
  bool remove_reader(int fd);
  bool remove_writer(int fd);

  // --- signals
  /// Calls `f` on the loop when signal `number` arrives. One loop per signal. Errors: std::system_error, invalid_argument.
  void add_signal_handler(int number, std::function<void()> f) { add_signal_handler(number, std::move(f), false); }
  /// `background`: waiting for it alone is a deadlock.
  void add_signal_handler(int number, std::function<void()> f, bool background);
  bool remove_signal_handler(int number);

  // --- errors
  struct exception_context {
    std::string message;
    std::exception_ptr exception;
  };
  /// Receives exceptions of callbacks and errors nobody retrieved. Empty: report them.
  void set_exception_handler(std::function<void(event_loop &, const exception_context &)> handler);
  void call_exception_handler(const exception_context &context) noexcept;

  // --- executors
  /// The executor of to_thread and run_in_executor(nullptr, …); a thread pool is made on first use.
  executor &default_executor();
  void set_default_executor(std::shared_ptr<executor> e);
  /// Waits for its running work and ends it. Called by run().
  void shutdown_default_executor();

  // --- for the library -------------------------------------------------------------------------------------------
  void push(detail::ready_node *node) noexcept {
    node->next_ready = nullptr;
    *ready_tail_ = node;
    ready_tail_ = &node->next_ready;
  }
  /// A task started here and now without a name needs nothing but its record.
  bool spawns_plainly() const noexcept {
    auto *by = detail::this_thread.task;
    return by && by->loop == this && !by->context() && !debug_;
  }
  /// A new task: lists it and makes it ready.
  void admit(detail::task_core *task) noexcept {
    std::uint64_t id = ++task_ids_;
    task->id_low = std::uint32_t(id);
    task->id_high = std::uint16_t(id >> 32);
    tasks_.push_back(&task->in_all);
    push(task);
  }
  void push_threadsafe(detail::ready_node *node) noexcept { push_threadsafe(node, node); }
  /// A chain, newest first: `first` … `last` are linked by next_ready.
  void push_threadsafe(detail::ready_node *first, detail::ready_node *last) noexcept;
  /// Any thread with a message for the loop may ask.
  bool sleeps() const noexcept;
  /// Takes `node` out of the ready queue (linear; rare).
  void remove_ready(detail::ready_node *node) noexcept;
  void add_timer(detail::timer_node *node, std::int64_t when) {
    node->when = when;
    timers_.push(node, timer_order());
  }
  void remove_timer(detail::timer_node *node) noexcept {
    if (node->in_heap()) {
      timers_.remove(node);
    } else if (node->position == detail::timer_node::fired) {
      remove_ready(node);
      node->position = detail::timer_node::idle;
    }
  }
  std::int64_t now_ns() const noexcept { return options_.clock == real_clock ? monotonic_ns() : virtual_now_; }
  static std::int64_t monotonic_ns() noexcept;
  void watch(detail::fd_watch *w, std::uint32_t events); ///< throws std::system_error
  void unwatch(detail::fd_watch *w) noexcept;
  /// Work outside of the loop that will call back (executor jobs, child processes): not a deadlock while above 0.
  void external_begin() noexcept { ++external_; }
  void external_end() noexcept { --external_; }
  /// A job of an executor that will report back to this loop; close() waits for it.
  void job_begin() noexcept {
    ++jobs_;
    ++external_;
  }
  void job_end() noexcept {
    --jobs_;
    --external_;
  }
  /// True in a child process made by fork() after the loop: nothing of it may be used there but its end.
  bool forked() const noexcept;
  void check_open() const {
    if (is_closed()) [[unlikely]]
      throw_closed();
  }
  /// Debug mode: reports use from a thread that is not the loop's.
  void check_thread(const char *operation) const {
    if (debug_) [[unlikely]]
      check_thread_slow(operation);
  }
  void run_main(detail::future_core *main);
  detail::list<detail::list_node> &live_tasks() noexcept { return tasks_; }
  detail::list<detail::list_node> &live_generators() noexcept { return generators_; }
  std::string wait_graph();
  const loop_options &options() const noexcept { return options_; }
  void set_schedule(detail::schedule *s) noexcept { schedule_ = s; }
  std::uint64_t turns() const noexcept { return turns_.load(std::memory_order_relaxed); }
  /// Called when the loop closes, newest first, unless removed; for objects that keep descriptors open.
  struct closer : detail::list_node {
    void (*on_close)(closer *) noexcept = nullptr;
  };
  void add_closer(closer *c) noexcept { closers_.push_front(c); }

private:
  friend class callback_handle;
  friend struct detail::callback_node;
  struct watch_of_user;
  void run_once();
  void run_batch();
  void run_batch_slow();
  detail::ready_node *take_ready();
  [[gnu::always_inline]] static void run_node(detail::ready_node *node) noexcept {
    if (!node->run) [[likely]]
      static_cast<detail::task_core *>(node)->step();
    else
      node->run(node);
  }
  void expire_timers();
  void drain_inbox() noexcept;
  void poll(std::int64_t timeout_ns);
  bool wait_for_something();
  void found_deadlock();
  bool spin_for_jobs() noexcept;
  void run_signal_handlers();
  std::uint64_t timer_order() noexcept;
  void schedule_callback(detail::callback_node *node);
  void schedule_callback_at(detail::callback_node *node, std::int64_t when);
  void schedule_callback_threadsafe(detail::callback_node *node);
  void check_thread_slow(const char *operation) const;
  [[noreturn]] void throw_closed() const;
  void user_watch(int fd, bool write, std::function<void()> f);
  bool user_unwatch(int fd, bool write);

  detail::ready_node *ready_head_ = nullptr;
  detail::ready_node **ready_tail_ = &ready_head_;
  detail::ready_node *batch_ = nullptr;
  bool debug_ = false, stopping_ = false, running_ = false, deadlock_reported_ = false, guarded_ = false;
  std::atomic<bool> closed_{false};
  std::atomic<std::uint64_t> turns_{0};
  std::uint32_t since_poll_ = 0;
  std::uint32_t watched_ = 0, background_ = 0;
  std::uint32_t external_ = 0, jobs_ = 0, background_signals_ = 0;
  int spin_limit_ = -1;
  std::uint64_t timer_count_ = 0, task_ids_ = 0;
  std::int64_t virtual_now_ = 0;
  detail::timer_heap timers_;
  detail::list<detail::list_node> tasks_, generators_;
  detail::schedule *schedule_ = nullptr;
  loop_options options_;
  int epoll_ = -1;
  unsigned fork_generation_ = 0;
  std::thread::id thread_;
  /// What other threads sent, newest first; `asleep()` alone in it: the loop sleeps, who takes that out wakes it. (One word for
  /// both, so that a sender touches nothing of the loop once its node is in: the loop may be gone by then.)
  alignas(64) std::atomic<detail::ready_node *> inbox_{nullptr};
  static detail::ready_node *asleep() noexcept;
  bool has_mail() const noexcept {
    auto *first = inbox_.load(std::memory_order_relaxed);
    return first && first != asleep();
  }
  bool fall_asleep() noexcept; ///< false: there is mail
  void wake_up() noexcept;
  std::uint32_t wakes_owed_ = 0; ///< senders that are about to write to wake_
  struct wake_watch : detail::fd_watch {
    event_loop *loop = nullptr;
  } wake_; ///< an eventfd: senders add 1, signals signal_wake_up
  detail::list<closer> closers_;
  std::vector<std::unique_ptr<watch_of_user>> user_watches_;
  struct signal_handler {
    int number;
    bool background;
    std::function<void()> f;
  };
  std::vector<signal_handler> signal_handlers_;
  std::function<void(event_loop &, const exception_context &)> exception_handler_;
  std::shared_ptr<executor> default_executor_;
  std::unique_ptr<detail::schedule, void (*)(detail::schedule *)> own_schedule_;
};

/// The loop running on this thread. Errors: no_running_loop_error, which says what to do.
inline event_loop &current_loop() {
  if (event_loop *loop = detail::this_thread.loop) [[likely]]
    return *loop;
  detail::throw_no_loop();
}
/// The same, or null.
inline event_loop *current_loop_or_null() noexcept { return detail::this_thread.loop; }
/// The running loop's time.
inline time_point now() { return current_loop().time(); }

// --- implementation ----------------------------------------------------------------------------------------------

namespace detail {

inline void task_core::wake() noexcept {
  if (!scheduled) {
    scheduled = true;
    loop->push(this);
  }
}
inline bool task_core::give_up() noexcept {
  must_cancel = certain;
  wake();
  return true;
}

struct context_map;
inline context_map *current_context() noexcept { return this_thread.task ? this_thread.task->context() : this_thread.context; }
void context_retain(context_map *) noexcept;
void context_release(context_map *) noexcept;

struct callback_node : timer_node, pooled {
  std::uint32_t references = 1;
  bool cancelled = false;
  event_loop *loop = nullptr;
  context_map *context = nullptr;
  void (*invoke)(callback_node *) = nullptr;            ///< runs and destroys the closure
  void (*drop)(callback_node *, bool closure) noexcept = nullptr; ///< destroys the closure (true) or frees the node (false)
  bool has_closure = true;

  static void run_callback(ready_node *node);
  void forget() noexcept {
    if (has_closure) {
      has_closure = false;
      drop(this, true);
    }
  }
  void release() noexcept {
    if (--references == 0) {
      forget();
      if (context)
        context_release(context);
      drop(this, false);
    }
  }
};

template <class F> struct callback_of final : callback_node {
  union {
    F f;
  };
  template <class G> explicit callback_of(G &&g) : f(std::forward<G>(g)) {
    invoke = [](callback_node *n) {
      auto *self = static_cast<callback_of *>(n);
      self->has_closure = false;
      F taken(std::move(self->f));
      self->f.~F();
      taken();
    };
    drop = [](callback_node *n, bool closure) noexcept {
      auto *self = static_cast<callback_of *>(n);
      if (closure)
        self->f.~F();
      else
        delete self;
    };
  }
  ~callback_of() {}
};

template <class F, class... Args> callback_node *make_callback(F &&f, Args &&...args) {
  if constexpr (sizeof...(Args) == 0) {
    return new callback_of<std::decay_t<F>>(std::forward<F>(f));
  } else {
    auto bound = [f = std::decay_t<F>(std::forward<F>(f)),
                  args = std::tuple<std::decay_t<Args>...>(std::forward<Args>(args)...)]() mutable {
      std::apply(std::move(f), std::move(args));
    };
    return new callback_of<decltype(bound)>(std::move(bound));
  }
}

/// Converts to nanoseconds; NaN is std::invalid_argument, out of range saturates.
template <class Rep, class Period> duration to_duration(std::chrono::duration<Rep, Period> d) {
  constexpr auto limit = std::int64_t(1) << 62;
  if constexpr (std::is_floating_point_v<Rep>) {
    double ns = std::chrono::duration<double, std::nano>(d).count();
    if (ns != ns)
      throw std::invalid_argument("coroguard: a duration is NaN");
    return duration(ns >= double(limit) ? limit : ns <= -double(limit) ? -limit : std::int64_t(ns));
  } else {
    double approximate = std::chrono::duration<double, std::nano>(d).count();
    if (approximate >= double(limit))
      return duration(limit);
    if (approximate <= -double(limit))
      return duration(-limit);
    return std::chrono::duration_cast<duration>(d);
  }
}
inline std::int64_t deadline_after(std::int64_t now, duration d) noexcept {
  constexpr auto limit = std::int64_t(1) << 62;
  return d.count() > limit - now ? limit : now + d.count();
}

} // namespace detail

template <class F, class... Args> callback_handle event_loop::call_soon(F &&f, Args &&...args) {
  check_open();
  check_thread("call_soon");
  auto *node = detail::make_callback(std::forward<F>(f), std::forward<Args>(args)...);
  schedule_callback(node);
  return callback_handle(node);
}
template <class Rep, class Period, class F, class... Args>
callback_handle event_loop::call_later(std::chrono::duration<Rep, Period> delay, F &&f, Args &&...args) {
  check_open();
  check_thread("call_later");
  auto when = detail::deadline_after(now_ns(), detail::to_duration(delay));
  auto *node = detail::make_callback(std::forward<F>(f), std::forward<Args>(args)...);
  schedule_callback_at(node, when);
  return callback_handle(node);
}
template <class F, class... Args>
callback_handle event_loop::call_at(time_point when, F &&f, Args &&...args) {
  check_open();
  check_thread("call_at");
  auto *node = detail::make_callback(std::forward<F>(f), std::forward<Args>(args)...);
  schedule_callback_at(node, std::chrono::duration_cast<duration>(when.time_since_epoch()).count());
  return callback_handle(node);
}
template <class F, class... Args> void event_loop::call_soon_threadsafe(F &&f, Args &&...args) {
  check_open();
  schedule_callback_threadsafe(detail::make_callback(std::forward<F>(f), std::forward<Args>(args)...));
}

} // namespace coroguard
