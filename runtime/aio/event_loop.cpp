// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The turns of the loop: collect what other threads sent, what descriptors and timers say, then run one batch. Its
// descriptors, signals and callbacks are in files of their own.
#include "coroguard/event_loop.hpp"
#include "coroguard/detail/schedule.hpp"
#include "coroguard/executor.hpp"
#include "coroguard/task_handle.hpp"
#include "runtime/aio/debug.hpp"
#include "runtime/aio/loop_descriptors.hpp"

#include <cstring>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

namespace coroguard {
namespace detail {
// guard_names.cpp
bool loop_begins(const char *name) noexcept; ///< true if there is a guard to be told about turns, too
void turn_ends() noexcept;
void loop_ends() noexcept;
}

using namespace detail;

namespace {

std::atomic<unsigned> loop_numbers{0};

bool debug_from_environment() {
  const char *value = std::getenv("COROGUARD_DEBUG");
  return value && *value && std::strcmp(value, "0") != 0;
}

} // namespace

// --- life --------------------------------------------------------------------------------------------------------

event_loop::event_loop(loop_options options)
    : options_(std::move(options)), own_schedule_(nullptr, [](schedule *s) { delete s; }) {
  watch_forks();
  fork_generation_ = fork_generation.load();
  if (options_.name.empty())
    options_.name = "loop-" + std::to_string(++loop_numbers);
  debug_ = options_.debug.value_or(debug_from_environment());
  if (options_.seed) {
    own_schedule_.reset(new schedule(*options_.seed));
    schedule_ = own_schedule_.get();
  }
  epoll_ = ::epoll_create1(EPOLL_CLOEXEC);
  if (epoll_ < 0)
    throw_system("coroguard: cannot make an event loop (epoll_create1)");
  wake_.fd = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake_.fd < 0) {
    int saved = errno;
    ::close(epoll_);
    errno = saved;
    throw_system("coroguard: cannot make an event loop (eventfd)");
  }
  wake_.background = true;
  wake_.loop = this;
  wake_.on_event = [](fd_watch *w, std::uint32_t) {
    std::uint64_t count = 0;
    if (::read(w->fd, &count, sizeof count) == sizeof count)
      static_cast<wake_watch *>(w)->loop->wakes_owed_ -= std::uint32_t(count % signal_wake_up);
  };
  watch(&wake_, EPOLLIN);
}

event_loop::~event_loop() {
  if (running_)
    std::terminate(); // destroyed from inside its own run: nothing sensible is left to do
  close();
}

void event_loop::close() {
  if (closed_)
    return;
  if (running_)
    throw invalid_state_error("coroguard: cannot close " + options_.name + " while it is running; call stop() first");
  event_loop *outer = std::exchange(this_thread.loop, this);
  drain_inbox();
  for (int guard = 0; !tasks_.empty() && guard < 100000; ++guard) { // pending tasks: destroy their frames, oldest first
    auto *task = task_core::from_list(tasks_.front());
    task->in_all.unlink();
    report_pending_destroyed(task);
    task->retain();
    if (task->scheduled)
      remove_ready(task);
    auto root = std::exchange(task->root, nullptr);
    task_core *before = std::exchange(this_thread.task, task);
    if (root)
      root.destroy();
    this_thread.task = before;
    task_completed(task, outcome::cancelled);
    task->release();
  }
  if (default_executor_)
    default_executor_->shutdown(true, true);
  for (;;) { // jobs still running on executors report back into this loop: wait for them
    drain_inbox();
    while (ready_node *node = ready_head_) {
      remove_ready(node);
      if (!drop_callback(node) && node->run)
        node->run(node);
    }
    if ((jobs_ == 0 && wakes_owed_ == 0) || forked())
      break;
    poll(-1);
  }
  while (!timers_.empty()) {
    timer_node *node = timers_.top();
    timers_.pop();
    (void)drop_callback(node);
  }
  closed_ = true;
  while (!closers_.empty()) {
    closer *c = closers_.pop_front();
    c->on_close(c);
  }
  while (!signal_handlers_.empty())
    remove_signal_handler(signal_handlers_.back().number);
  user_watches_.clear();
  default_executor_.reset();
  ::close(wake_.fd);
  ::close(epoll_);
  epoll_ = -1;
  this_thread.loop = outer;
}

void event_loop::set_debug(bool on) noexcept {
  debug_ = on;
  if (running_)
    this_thread.debug = on;
}

void event_loop::throw_closed() const { throw loop_closed_error("coroguard: " + options_.name + " is closed"); }

void detail::throw_no_loop() {
  throw no_running_loop_error("coroguard: no event loop is running on this thread; start one with coroguard::run(main())");
}

// --- running -----------------------------------------------------------------------------------------------------

void event_loop::run_forever() {
  check_open();
  if (this_thread.loop)
    throw nested_run_error("coroguard: cannot run " + options_.name + " here: " + this_thread.loop->options_.name +
                           " is already running on this thread; use co_await or create_task instead");
  if (running_)
    throw nested_run_error("coroguard: " + options_.name + " is already running on another thread");
  struct scope {
    event_loop &loop;
    explicit scope(event_loop &l) : loop(l) {
      loop.running_ = true;
      loop.thread_ = std::this_thread::get_id();
      this_thread.loop = &loop;
      this_thread.debug = loop.debug_;
      loop.guarded_ = detail::loop_begins(loop.options_.name.c_str());
    }
    ~scope() {
      if (loop.guarded_)
        detail::loop_ends();
      loop.running_ = false;
      loop.stopping_ = false;
      this_thread.loop = nullptr;
      this_thread.debug = false;
    }
  } running(*this);
  do
    run_once();
  while (!stopping_);
}

void event_loop::run_main(future_core *main) {
  struct stopper : done_node, ready_node {
    event_loop *loop;
    bool queued = false;
    ~stopper() {
      if (queued)
        loop->remove_ready(this);
    }
  } node;
  node.loop = this;
  // As in asyncio the loop stops one batch after completion, so that callbacks registered earlier have run.
  node.on_done = [](done_node *n, future_core *) {
    auto *self = static_cast<stopper *>(n);
    self->queued = true;
    self->loop->push(self);
  };
  node.run = [](ready_node *n) {
    auto *self = static_cast<stopper *>(n);
    self->queued = false;
    self->loop->stop();
  };
  if (main->done()) {
    check_open();
    return;
  }
  main->callbacks.add(&node);
  run_forever();
  if (!main->done())
    throw invalid_state_error("coroguard: " + options_.name + " was stopped before the awaited result was there");
}

void event_loop::run_once() {
  if (has_mail())
    drain_inbox();
  if (!ready_head_ && !stopping_) {
    if (!wait_for_something())
      return;
  } else if ((watched_ > background_ || !signal_handlers_.empty()) && ++since_poll_ >= 16) {
    since_poll_ = 0;
    poll(0);
  } else if (guarded_) [[unlikely]] {
    detail::turn_ends(); // it sees those that end in a wait
  }
  if (!timers_.empty())
    expire_timers();
  turns_.store(turns_.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  if (debug_ || schedule_) [[unlikely]]
    run_batch_slow();
  else
    run_batch();
}

void event_loop::run_batch() {
  batch_ = std::exchange(ready_head_, nullptr);
  ready_tail_ = &ready_head_;
  while (ready_node *node = batch_) {
    batch_ = node->next_ready;
    if (batch_) { // with many tasks, waiting for memory is most of a step: ask for the next node's frame and the node after it
      __builtin_prefetch(batch_->next_ready, 1);
      if (!batch_->run)
        __builtin_prefetch(static_cast<task_core *>(batch_)->resume_point.address());
    }
    run_node(node);
  }
}

void event_loop::drain_inbox() noexcept {
  ready_node *stack = inbox_.exchange(nullptr, std::memory_order_acquire), *in_order = nullptr;
  while (stack) {
    ready_node *following = stack->next_ready;
    stack->next_ready = in_order;
    in_order = stack;
    stack = following;
  }
  while (in_order) {
    ready_node *following = in_order->next_ready;
    push(in_order);
    in_order = following;
  }
}

void event_loop::push_threadsafe(ready_node *first, ready_node *last) noexcept {
  ready_node *head = inbox_.load(std::memory_order_relaxed);
  int wake = wake_.fd;
  do
    last->next_ready = head == asleep() ? nullptr : head;
  while (!inbox_.compare_exchange_weak(head, first, std::memory_order_acq_rel, std::memory_order_relaxed));
  if (head == asleep()) {
    std::uint64_t one = 1; // close() waits for it: the descriptor is still ours
    (void)!::write(wake, &one, sizeof one);
  }
}

ready_node *event_loop::asleep() noexcept {
  static ready_node mark;
  return &mark;
}

bool event_loop::fall_asleep() noexcept {
  ready_node *none = nullptr;
  return inbox_.compare_exchange_strong(none, asleep());
}

bool event_loop::sleeps() const noexcept { return inbox_.load() == asleep(); }

void event_loop::wake_up() noexcept {
  ready_node *mark = asleep();
  if (!inbox_.compare_exchange_strong(mark, nullptr, std::memory_order_acq_rel, std::memory_order_relaxed))
    ++wakes_owed_; // a sender took the mark
}

void event_loop::remove_ready(ready_node *node) noexcept {
  for (ready_node **at = &batch_; *at; at = &(*at)->next_ready)
    if (*at == node) {
      *at = node->next_ready;
      return;
    }
  for (ready_node **at = &ready_head_; *at; at = &(*at)->next_ready)
    if (*at == node) {
      *at = node->next_ready;
      if (ready_tail_ == &node->next_ready)
        ready_tail_ = at;
      return;
    }
}

// --- time --------------------------------------------------------------------------------------------------------

std::int64_t event_loop::monotonic_ns() noexcept {
  timespec t;
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  return std::int64_t(t.tv_sec) * 1'000'000'000 + t.tv_nsec;
}

std::uint64_t event_loop::timer_order() noexcept {
  if (schedule_) [[unlikely]] // ties in an order drawn from the seed
    return (std::uint64_t(schedule_->choose(1024)) << 30) | (++timer_count_ & ((1u << 30) - 1));
  return ++timer_count_;
}

void event_loop::expire_timers() {
  std::int64_t now = now_ns();
  while (!timers_.empty() && timers_.next() <= now) {
    timer_node *node = timers_.top();
    timers_.pop();
    timers_.prefetch_next();
    node->position = timer_node::fired;
    push(node);
  }
}

/// Nothing is ready. Sleeps until something is, or jumps in time. False: it has to stop.
bool event_loop::wait_for_something() {
  bool outside = watched_ > background_ || external_ > 0 || signal_handlers_.size() > background_signals_;
  if (options_.clock == clock_kind::virtual_time) {
    if (outside) { // let the real world catch up first: jobs in flight must finish before time may pass
      poll(0);
      if (ready_head_ || has_mail()) {
        drain_inbox();
        return true;
      }
      if (external_ > 0 || timers_.empty()) {
        poll(-1);
        drain_inbox();
        return true;
      }
    }
    if (!timers_.empty()) {
      virtual_now_ = std::max(virtual_now_, timers_.next());
      if (guarded_)
        detail::turn_ends();
      return true;
    }
  } else if (!timers_.empty()) {
    std::int64_t left = timers_.next() - monotonic_ns();
    poll(left > 0 ? left : 0);
    drain_inbox();
    return true;
  }
  if (!outside) {
    if (has_mail()) {
      drain_inbox();
      return true;
    }
    found_deadlock();
    if (ready_head_)
      return true;
  }
  poll(-1);
  drain_inbox();
  return true;
}

void event_loop::found_deadlock() {
  auto policy = options_.deadlock;
  if (policy == on_deadlock::automatic)
    policy = options_.clock == clock_kind::virtual_time ? on_deadlock::fail
             : debug_                                   ? on_deadlock::report
                                                        : on_deadlock::wait;
  if (policy == on_deadlock::wait || (policy == on_deadlock::report && deadlock_reported_))
    return;
  if (policy == on_deadlock::report) { // another thread may be about to call: give it a second
    poll(1'000'000'000);
    drain_inbox();
    if (ready_head_)
      return;
  }
  std::string graph = wait_graph();
  if (!deadlock_reported_ && (debug_ || policy == on_deadlock::report)) {
    deadlock_reported_ = true;
    report r;
    r.rule = "async-lock-order";
    r.kind = "deadlock";
    r.severity = report_severity::error;
    r.message = graph;
    r.help = "wake the tasks from a task, a timer or a descriptor, or cancel them";
    r.loop = options_.name;
    emit_report(r);
  }
  if (policy == on_deadlock::fail)
    throw deadlock_error(graph);
}

// --- tasks -------------------------------------------------------------------------------------------------------

std::vector<any_task> event_loop::all_tasks() {
  std::vector<any_task> all;
  tasks_.each([&](list_node *node) {
    all.emplace_back(core_ref<future_core>::share(task_core::from_list(node)));
  });
  return all;
}

void event_loop::cancel_all_tasks() {
  for (int round = 0; !tasks_.empty() && round < 10; ++round) {
    auto left = all_tasks();
    for (auto &t : left)
      t.cancel();
    struct counter : done_node {
      event_loop *loop;
      std::size_t *left;
    };
    std::size_t pending = left.size();
    std::vector<std::unique_ptr<counter>> nodes;
    for (auto &t : left) {
      auto &node = nodes.emplace_back(std::make_unique<counter>());
      node->loop = this;
      node->left = &pending;
      node->on_done = [](done_node *n, future_core *) {
        auto *self = static_cast<counter *>(n);
        if (--*self->left == 0)
          self->loop->stop();
      };
      t.core().callbacks.add(node.get());
    }
    try {
      run_forever();
    } catch (const deadlock_error &e) {
      call_exception_handler({"tasks refused cancellation at the end of run()", std::current_exception()});
      return; // close() destroys them
    }
    for (auto &t : left)
      if (t.done() && !t.cancelled() && !t.core().retrieved && t.core().state == outcome::error)
        call_exception_handler({"unhandled exception while ending task '" + t.name() + "'", t.exception()});
  }
}

std::string event_loop::wait_graph() { return wait_graph_of(*this); }

// --- executors ---------------------------------------------------------------------------------------------------

executor &event_loop::default_executor() {
  check_open();
  if (!default_executor_)
    default_executor_ = make_default_executor();
  return *default_executor_;
}
void event_loop::set_default_executor(std::shared_ptr<executor> e) { default_executor_ = std::move(e); }
void event_loop::shutdown_default_executor() {
  if (auto e = std::exchange(default_executor_, nullptr))
    e->shutdown();
}

} // namespace coroguard
