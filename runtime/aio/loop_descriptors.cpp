// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The descriptors of a loop: sleeping in epoll, watches of the library and of the user.
#include "coroguard/report.hpp"
#include "coroguard/thread_pool_executor.hpp"
#include "runtime/aio/loop_descriptors.hpp"

#include <algorithm>
#include <fcntl.h>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

namespace coroguard {

using namespace detail;

namespace detail {
std::atomic<unsigned> fork_generation{0};

void watch_forks() {
  static std::once_flag once;
  std::call_once(once, [] {
    ::pthread_atfork([] { pools_mutex.lock(); }, [] { pools_mutex.unlock(); },
                     [] {
                       fork_generation.fetch_add(1);
                       pools_mutex.unlock();
                     });
  });
}
} // namespace detail

bool event_loop::forked() const noexcept { return fork_generation_ != fork_generation.load(std::memory_order_relaxed); }

void event_loop::poll(std::int64_t timeout_ns) {
  if (forked()) [[unlikely]]
    throw invalid_state_error("coroguard: " + options_.name +
                              " belongs to the parent process; after fork() make a new loop, or exec");
  epoll_event events[128];
  bool may_sleep = timeout_ns != 0;
  if (may_sleep && jobs_ > 0 && spin_for_jobs())
    timeout_ns = may_sleep = 0;
  if (may_sleep && !fall_asleep())
    timeout_ns = may_sleep = 0;
  if (may_sleep && jobs_ > 0 && thread_pool_executor::fetch_results(*this))
    timeout_ns = 0;
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
    wake_up();
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
    if (has_mail()) {
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
  if (!is_closed() && !forked()) // a child shares the epoll instance of its parent
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

} // namespace coroguard
