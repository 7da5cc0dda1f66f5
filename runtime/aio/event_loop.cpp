// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The turns of the loop: collect what other threads sent, what descriptors and timers say, then run one batch.
#include "coroguard/event_loop.hpp"
#include "coroguard/context.hpp"
#include "coroguard/detail/schedule.hpp"
#include "coroguard/executor.hpp"
#include "coroguard/task_handle.hpp"
#include "runtime/aio/debug.hpp"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <time.h>
#include <unistd.h>

namespace coroguard {

using namespace detail;

namespace {

std::atomic<unsigned> fork_generation{0};
std::atomic<unsigned> loop_numbers{0};

void watch_forks() {
  static std::once_flag once;
  std::call_once(once, [] { ::pthread_atfork(nullptr, nullptr, [] { fork_generation.fetch_add(1); }); });
}

bool debug_from_environment() {
  const char *value = std::getenv("COROGUARD_DEBUG");
  return value && *value && std::strcmp(value, "0") != 0;
}

[[noreturn]] void throw_system(const char *what) { throw std::system_error(errno, std::generic_category(), what); }

// Signals: the handler marks the number and wakes the loop that asked for it.
constexpr int signal_count = 65;
std::atomic<event_loop *> signal_loops[signal_count];
std::atomic<int> signal_wake[signal_count];
std::atomic<bool> signal_pending[signal_count];
struct sigaction signal_before[signal_count];

void on_signal(int number) {
  int saved = errno;
  signal_pending[number].store(true);
  std::uint64_t one = 1;
  (void)!::write(signal_wake[number].load(), &one, sizeof one);
  errno = saved;
}

} // namespace

namespace detail {

void callback_node::run_callback(ready_node *node) {
  auto *self = static_cast<callback_node *>(static_cast<timer_node *>(node));
  self->position = idle;
  if (!self->cancelled) {
    event_loop *loop = self->loop;
    context_scope scope(self->context);
    try {
      self->invoke(self);
    } catch (...) {
      loop->call_exception_handler({"exception in a callback", std::current_exception()});
    }
  }
  self->release();
}

} // namespace detail

callback_handle::callback_handle(const callback_handle &other) noexcept : node_(other.node_) {
  if (node_)
    ++node_->references;
}
callback_handle::~callback_handle() {
  if (node_)
    node_->release();
}
void callback_handle::cancel() noexcept {
  if (!node_ || node_->cancelled)
    return;
  node_->cancelled = true;
  if (node_->in_heap()) {
    node_->loop->remove_timer(node_);
    node_->references--; // the loop's; ours is left
  }
  node_->forget();
}
bool callback_handle::cancelled() const noexcept { return node_ && node_->cancelled; }
time_point callback_handle::when() const noexcept { return time_point(duration(node_ ? node_->when : 0)); }

// --- life --------------------------------------------------------------------------------------------------------

event_loop::event_loop(loop_options options)
    : options_(std::move(options)), debug_state_(nullptr, [](loop_debug *d) { delete d; }),
      own_schedule_(nullptr, [](schedule *s) { delete s; }) {
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
  wake_.on_event = [](fd_watch *w, std::uint32_t) {
    std::uint64_t count;
    (void)!::read(w->fd, &count, sizeof count);
  };
  watch(&wake_, EPOLLIN);
}

event_loop::~event_loop() {
  if (running_)
    std::terminate(); // destroyed from inside its own run: nothing sensible is left to do
  close();
}

struct event_loop::watch_of_user {
  fd_watch watch;
  event_loop *loop = nullptr;
  std::function<void()> readable, writable;
};

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
    task_completed(task, outcome::cancelled, nullptr);
    task->release();
  }
  if (default_executor_)
    default_executor_->shutdown(true, true);
  for (;;) { // jobs still running on executors report back into this loop: wait for them
    drain_inbox();
    while (ready_node *node = ready_head_) {
      remove_ready(node);
      if (node->run == &callback_node::run_callback) // never ran
        static_cast<callback_node *>(static_cast<timer_node *>(node))->release();
      else if (node->run)
        node->run(node);
    }
    if (jobs_ == 0)
      break;
    poll(-1);
  }
  while (!timers_.empty()) {
    timer_node *node = timers_.top();
    timers_.pop();
    if (node->run == &callback_node::run_callback)
      static_cast<callback_node *>(node)->release();
  }
  closed_ = true;
  while (!closers_.empty()) {
    closer *c = closers_.pop_front();
    c->on_close(c);
  }
  while (!signal_handlers_.empty())
    remove_signal_handler(signal_handlers_.back().first);
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

loop_debug &event_loop::debug_state() {
  if (!debug_state_)
    debug_state_.reset(new loop_debug);
  return *debug_state_;
}

event_loop &current_loop() {
  if (event_loop *loop = this_thread.loop) [[likely]]
    return *loop;
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
    }
    ~scope() {
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
  struct stopper : done_node {
    event_loop *loop;
  } node;
  node.loop = this;
  // As in asyncio the loop stops one batch after completion, so that callbacks registered earlier have run.
  node.on_done = [](done_node *n, future_core *) {
    event_loop *loop = static_cast<stopper *>(n)->loop;
    loop->call_soon([loop] { loop->stop(); });
  };
  if (main->done()) {
    check_open();
    return;
  }
  main->callbacks.push_back(&node);
  run_forever();
  if (!main->done())
    throw invalid_state_error("coroguard: " + options_.name + " was stopped before the awaited result was there");
}

void event_loop::run_once() {
  if (inbox_.load(std::memory_order_relaxed))
    drain_inbox();
  if (!ready_head_ && !stopping_) {
    if (!wait_for_something())
      return;
  } else if (watched_ > background_ && ++since_poll_ >= 16) {
    since_poll_ = 0;
    poll(0);
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
    __builtin_prefetch(batch_);
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
  do
    last->next_ready = head;
  while (!inbox_.compare_exchange_weak(head, first, std::memory_order_seq_cst, std::memory_order_relaxed));
  if (sleeping_.load(std::memory_order_seq_cst) && sleeping_.exchange(false)) {
    std::uint64_t one = 1;
    (void)!::write(wake_.fd, &one, sizeof one);
  }
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
    return (std::uint64_t(schedule_->choose(1024)) << 48) | ++timer_count_;
  return ++timer_count_;
}

void event_loop::expire_timers() {
  std::int64_t now = now_ns();
  while (!timers_.empty() && timers_.next() <= now) {
    timer_node *node = timers_.top();
    timers_.pop();
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
      if (ready_head_ || inbox_.load(std::memory_order_relaxed)) {
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
      return true;
    }
  } else if (!timers_.empty()) {
    std::int64_t left = timers_.next() - monotonic_ns();
    poll(left > 0 ? left : 0);
    drain_inbox();
    return true;
  }
  if (!outside) {
    if (inbox_.load()) {
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

// --- descriptors -------------------------------------------------------------------------------------------------

void event_loop::poll(std::int64_t timeout_ns) {
  if (fork_generation_ != fork_generation.load(std::memory_order_relaxed)) [[unlikely]]
    throw invalid_state_error("coroguard: " + options_.name +
                              " belongs to the parent process; after fork() make a new loop, or exec");
  epoll_event events[128];
  bool may_sleep = timeout_ns != 0;
  if (may_sleep && jobs_ > 0 && spin_for_jobs())
    timeout_ns = may_sleep = 0;
  if (may_sleep) {
    sleeping_.store(true, std::memory_order_seq_cst);
    if (inbox_.load(std::memory_order_seq_cst)) {
      sleeping_.store(false, std::memory_order_relaxed);
      may_sleep = false;
      timeout_ns = 0;
    }
  }
  int n;
  static std::atomic<bool> has_pwait2{true};
  if (timeout_ns > 0 && has_pwait2.load(std::memory_order_relaxed)) {
    timespec t{time_t(timeout_ns / 1'000'000'000), long(timeout_ns % 1'000'000'000)};
    n = ::epoll_pwait2(epoll_, events, 128, &t, nullptr);
    if (n < 0 && errno == ENOSYS) {
      has_pwait2 = false;
      n = ::epoll_wait(epoll_, events, 128, int(std::min<std::int64_t>((timeout_ns + 999'999) / 1'000'000, 1 << 30)));
    }
  } else {
    int ms = timeout_ns < 0 ? -1 : int(std::min<std::int64_t>((timeout_ns + 999'999) / 1'000'000, 1 << 30));
    n = ::epoll_wait(epoll_, events, 128, ms);
  }
  if (may_sleep)
    sleeping_.store(false, std::memory_order_relaxed);
  if (n < 0 && errno != EINTR)
    throw_system("coroguard: epoll_wait");
  since_poll_ = 0;
  for (int i = 0; i < n; ++i) {
    auto *w = static_cast<fd_watch *>(events[i].data.ptr);
    w->on_event(w, events[i].events);
  }
  if (!signal_handlers_.empty())
    run_signal_handlers();
}

/// Waits a little for jobs in flight: waking a sleeping thread costs more than most jobs. Adapts to what it sees.
bool event_loop::spin_for_jobs() noexcept {
  static const bool alone = std::thread::hardware_concurrency() <= 1 || [] {
    cpu_set_t set;
    return ::sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) <= 1;
  }();
  if (alone)
    return false;
  if (spin_limit_ < 0)
    spin_limit_ = 256;
  for (int k = 0; k < spin_limit_; ++k) {
    if (inbox_.load(std::memory_order_relaxed)) {
      spin_limit_ = std::min(4096, spin_limit_ * 2);
      return true;
    }
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
  spin_limit_ = std::max(32, spin_limit_ / 2);
  return false;
}

void event_loop::watch(fd_watch *w, std::uint32_t events) {
  epoll_event e{};
  e.events = events;
  e.data.ptr = w;
  int operation = w->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
  if (::epoll_ctl(epoll_, operation, w->fd, &e) != 0)
    throw_system("coroguard: cannot watch this descriptor (epoll_ctl)");
  if (!w->events) {
    ++watched_;
    background_ += w->background;
  }
  w->events = events;
}

void event_loop::unwatch(fd_watch *w) noexcept {
  if (!w->events)
    return;
  w->events = 0;
  --watched_;
  background_ -= w->background;
  if (!closed_)
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, w->fd, nullptr);
}

void event_loop::user_watch(int fd, bool write, std::function<void()> f) {
  check_open();
  check_thread("add_reader");
  if (fd < 0)
    throw std::invalid_argument("coroguard: descriptor " + std::to_string(fd) + " is negative");
  if (int flags = debug_ ? ::fcntl(fd, F_GETFL) : -1; flags >= 0 && !(flags & O_NONBLOCK)) {
    report r;
    r.rule = "async-blocking-call";
    r.kind = "resource";
    r.message = "descriptor " + std::to_string(fd) + " is in blocking mode and was given to " + options_.name;
    r.help = "set O_NONBLOCK: a read or write that is not ready would stop the loop";
    r.loop = options_.name;
    emit_report(r);
  }
  watch_of_user *w = nullptr;
  for (auto &u : user_watches_)
    if (u->watch.fd == fd)
      w = u.get();
  if (!w) {
    w = user_watches_.emplace_back(std::make_unique<watch_of_user>()).get();
    w->watch.fd = fd;
    w->loop = this;
    w->watch.on_event = [](fd_watch *fw, std::uint32_t events) {
      auto *self = reinterpret_cast<watch_of_user *>(fw); // first member
      if ((events & ~std::uint32_t(EPOLLOUT)) && self->readable)
        self->loop->call_soon(self->readable);
      if ((events & ~std::uint32_t(EPOLLIN)) && self->writable)
        self->loop->call_soon(self->writable);
    };
  }
  std::uint32_t events = w->watch.events | (write ? EPOLLOUT : EPOLLIN);
  try {
    watch(&w->watch, events);
  } catch (...) {
    if (!w->watch.events)
      std::erase_if(user_watches_, [&](auto &u) { return u.get() == w; });
    throw;
  }
  (write ? w->writable : w->readable) = std::move(f);
}

bool event_loop::user_unwatch(int fd, bool write) {
  for (auto &u : user_watches_)
    if (u->watch.fd == fd) {
      std::uint32_t bit = write ? EPOLLOUT : EPOLLIN;
      if (!(u->watch.events & bit))
        return false;
      (write ? u->writable : u->readable) = nullptr;
      if (std::uint32_t left = u->watch.events & ~bit) {
        watch(&u->watch, left);
      } else {
        unwatch(&u->watch);
        std::erase_if(user_watches_, [&](auto &x) { return x.get() == u.get(); });
      }
      return true;
    }
  return false;
}

void event_loop::add_reader(int fd, std::function<void()> f) { user_watch(fd, false, std::move(f)); }
void event_loop::add_writer(int fd, std::function<void()> f) { user_watch(fd, true, std::move(f)); }
bool event_loop::remove_reader(int fd) { return user_unwatch(fd, false); }
bool event_loop::remove_writer(int fd) { return user_unwatch(fd, true); }

// --- signals -----------------------------------------------------------------------------------------------------

void event_loop::add_signal_handler(int number, std::function<void()> f, bool background) {
  check_open();
  if (number <= 0 || number >= signal_count || number == SIGKILL || number == SIGSTOP)
    throw std::invalid_argument("coroguard: signal " + std::to_string(number) + " cannot be handled");
  for (auto &[existing, handler] : signal_handlers_)
    if (existing == number) {
      handler = std::move(f);
      return;
    }
  event_loop *nobody = nullptr;
  if (!signal_loops[number].compare_exchange_strong(nobody, this))
    throw invalid_state_error("coroguard: signal " + std::to_string(number) + " is already handled by " + nobody->options_.name);
  signal_wake[number] = wake_.fd;
  signal_pending[number] = false;
  struct sigaction action {};
  action.sa_handler = &on_signal;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  if (::sigaction(number, &action, &signal_before[number]) != 0) {
    signal_loops[number] = nullptr;
    throw_system("coroguard: cannot handle this signal (sigaction)");
  }
  signal_handlers_.emplace_back(number, std::move(f));
  background_signals_ += background;
}

bool event_loop::remove_signal_handler(int number) {
  auto at = std::find_if(signal_handlers_.begin(), signal_handlers_.end(), [&](auto &h) { return h.first == number; });
  if (at == signal_handlers_.end())
    return false;
  ::sigaction(number, &signal_before[number], nullptr);
  signal_loops[number] = nullptr;
  signal_handlers_.erase(at);
  return true;
}

void event_loop::run_signal_handlers() {
  for (auto &[number, handler] : signal_handlers_)
    if (signal_pending[number].load(std::memory_order_relaxed) && signal_pending[number].exchange(false))
      call_soon(handler);
}

// --- callbacks and errors ----------------------------------------------------------------------------------------

void event_loop::schedule_callback(callback_node *node) {
  ++node->references; // the loop's
  node->loop = this;
  node->run = &callback_node::run_callback;
  if ((node->context = current_context()))
    context_retain(node->context);
  push(node);
}
void event_loop::schedule_callback_at(callback_node *node, std::int64_t when) {
  ++node->references;
  node->loop = this;
  node->run = &callback_node::run_callback;
  if ((node->context = current_context()))
    context_retain(node->context);
  add_timer(node, when);
}
void event_loop::schedule_callback_threadsafe(callback_node *node) {
  node->loop = this; // the one reference is the loop's
  node->run = &callback_node::run_callback;
  if ((node->context = current_context()))
    context_retain(node->context);
  push_threadsafe(node);
}

void event_loop::set_exception_handler(std::function<void(event_loop &, const exception_context &)> handler) {
  exception_handler_ = std::move(handler);
}

void event_loop::call_exception_handler(const exception_context &context) noexcept {
  if (exception_handler_) {
    try {
      exception_handler_(*this, context);
      return;
    } catch (...) { // fall back to a report
    }
  }
  report r;
  r.rule = "async-unobserved-exception";
  r.kind = "task";
  r.severity = report_severity::error;
  try {
    r.message = context.message + ": " + describe(context.exception);
    r.help = "await the task, read its exception(), or catch inside";
    r.loop = options_.name;
    emit_report(r);
  } catch (...) { // out of memory: nothing more can be said
  }
}

void event_loop::check_thread_slow(const char *operation) const {
  if (!running_ || std::this_thread::get_id() == thread_)
    return;
  report r;
  r.rule = "async-thread-affinity";
  r.kind = "loop";
  r.severity = report_severity::error;
  r.message = std::string("'") + operation + "' on " + options_.name + " from a thread that does not run it";
  r.help = "use call_soon_threadsafe or run_coroutine_threadsafe";
  r.loop = options_.name;
  r.thread = thread_name();
  emit_report(r);
}

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
      t.core().callbacks.push_back(node.get());
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
