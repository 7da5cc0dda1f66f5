// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small programs with event loops of several kinds: `programs KIND FAULT`. FAULT is clean, sleep (60 ms), spin (80 ms of processor
// time) or another word that a kind understands. Every program prints what it did and exits with 5.
#include "programs.h"

#include <boost/asio.hpp>
#include <boost/asio/co_spawn.hpp>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <map>
#include <mutex>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <vector>
#ifdef HAVE_UV
#include <uv.h>
#endif
#ifdef HAVE_EVENT
#include <event2/event.h>
#endif
#ifdef HAVE_URING
#include <liburing.h>
#endif

namespace asio = boost::asio;
using namespace std::chrono_literals;

std::string fault;

double cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) / 1e9;
}
[[gnu::noinline]] void spin(double seconds) {
  for (double end = cpu_seconds() + seconds; cpu_seconds() < end;)
    for (volatile int i = 0; i < 10000; i = i + 1)
      ;
}
[[gnu::noinline]] static void sleep_without_libc(long milliseconds) {
  timespec t{milliseconds / 1000, milliseconds % 1000 * 1'000'000};
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(long(SYS_nanosleep)), "D"(&t), "S"(0L) : "rcx", "r11", "memory");
}
/// What a faulty handler does, and says how long it took.
[[gnu::noinline]] void misbehave() {
  auto start = std::chrono::steady_clock::now();
  struct announce {
    std::chrono::steady_clock::time_point start;
    ~announce() {
      if (fault != "clean")
        std::printf("took %.0f ns\n", std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count());
    }
  } at_end{start};
  if (fault == "sleep")
    usleep(60'000);
  else if (fault == "spin")
    spin(0.08);
  else if (fault == "raw")
    sleep_without_libc(60);
  else if (fault == "throw")
    try {
      std::vector<int>().at(1);
    } catch (const std::out_of_range &) {
      spin(0.08);
    }
}

static int tick_descriptor(int flags = TFD_NONBLOCK) {
  int fd = timerfd_create(CLOCK_MONOTONIC, flags);
  itimerspec every{{0, 2'000'000}, {0, 2'000'000}};
  timerfd_settime(fd, 0, &every, nullptr);
  return fd;
}
static void drain(int fd) {
  unsigned long n;
  while (read(fd, &n, sizeof n) > 0)
    ;
}

/// `turns` turns of an epoll loop; `handle` runs in each.
void epoll_turns(int turns, const std::function<void(int)> &handle) {
  int fd = tick_descriptor(), set = epoll_create1(0);
  epoll_event event{EPOLLIN, {}};
  epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
  for (int i = 0; i < turns; ++i) {
    epoll_wait(set, &event, 1, -1);
    drain(fd);
    handle(i);
  }
  close(set);
  close(fd);
}

namespace {

void raw_epoll() {
  epoll_turns(12, [](int i) { if (i == 6) misbehave(); });
  usleep(30'000); // after the loop: not its business
}
/// A blocking timer descriptor, read when epoll says it is ready.
void blocking_descriptor() {
  int fd = tick_descriptor(0), set = epoll_create1(0);
  epoll_event event{EPOLLIN, {}};
  epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
  for (int i = 0; i < 12; ++i) {
    epoll_wait(set, &event, 1, -1);
    unsigned long n;
    if (read(fd, &n, sizeof n) < 0)
      abort();
    if (i == 6)
      misbehave();
  }
}
void raw_poll() {
  int fd = tick_descriptor(), wake = eventfd(0, EFD_NONBLOCK);
  for (int i = 0; i < 16; ++i) {
    pollfd set[2] = {{fd, POLLIN, 0}, {wake, POLLIN, 0}};
    poll(set, 2, -1);
    drain(fd);
    if (i == 9)
      misbehave();
  }
}
/// Not a loop: polls one descriptor now and then, and may do what it likes in between.
void one_off() {
  int pair[2];
  if (pipe(pair))
    abort();
  for (int i = 0; i < 3; ++i) {
    pollfd p{pair[0], POLLIN, 0};
    poll(&p, 1, 5);
    usleep(30'000);
  }
}
/// A modal loop inside a handler: neither its waits nor its turns are faults, what it calls is.
void nested() {
  epoll_turns(12, [](int i) {
    if (i == 5)
      epoll_turns(20, [](int k) { if (k == 10) misbehave(); });
  });
}

asio::awaitable<void> work() {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (int i = 0; i < 4; ++i) {
    timer.expires_after(3ms);
    co_await timer.async_wait(asio::use_awaitable);
  }
  misbehave();
}
/// The fault is the last thing that happens in the loop.
void asio_last_turn() {
  asio::io_context io;
  asio::co_spawn(io, work(), asio::detached);
  io.run();
  usleep(60'000);
  std::thread([] { usleep(10'000); }).join();
}
void asio_workers() {
  asio::io_context io;
  std::vector<asio::steady_timer> timers;
  std::atomic<int> left = 60;
  std::function<void(int)> arm = [&](int k) {
    timers[k].expires_after(std::chrono::milliseconds(2 + k));
    timers[k].async_wait([&, k](boost::system::error_code error) {
      if (error)
        return;
      if (--left == 20)
        misbehave();
      if (left <= 0)
        io.stop();
      else
        arm(k);
    });
  };
  for (int k = 0; k < 4; ++k)
    timers.emplace_back(io);
  for (int k = 0; k < 4; ++k)
    arm(k);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { io.run(); });
  for (auto &t : threads)
    t.join();
}
#ifdef HAVE_UV
void libuv() {
  uv_loop_t loop;
  uv_loop_init(&loop);
  uv_timer_t timer;
  uv_timer_init(&loop, &timer);
  uv_timer_start(&timer, [](uv_timer_t *t) {
    static int n;
    if (++n == 6)
      misbehave();
    if (n == 10)
      uv_timer_stop(t);
  }, 2, 2);
  uv_run(&loop, UV_RUN_DEFAULT);
}
void uv_last() {
  libuv();
  usleep(60'000);
}
#endif
#ifdef HAVE_UV
/// Another library's loop inside a handler, whose waits all end by their timeout.
void uv_nested() {
  epoll_turns(12, [](int i) {
    if (i == 5)
      libuv();
  });
}
#endif
#ifdef HAVE_EVENT
void libevent() {
  event_base *base = event_base_new();
  static int n;
  static event *e;
  e = event_new(base, -1, EV_PERSIST, [](evutil_socket_t, short, void *) {
    if (++n == 6)
      misbehave();
    if (n == 10)
      event_del(e);
  }, nullptr);
  timeval every{0, 2000};
  event_add(e, &every);
  event_base_dispatch(base);
  usleep(60'000);
}
#endif
#ifdef HAVE_URING
void uring() {
  io_uring ring;
  if (io_uring_queue_init(8, &ring, 0) != 0) {
    std::puts("no io_uring");
    std::exit(77);
  }
  for (int i = 0; i < 12; ++i) {
    __kernel_timespec t{0, 2'000'000};
    io_uring_sqe *sqe = io_uring_get_sqe(&ring);
    io_uring_prep_timeout(sqe, &t, 0, 0);
    io_uring_submit(&ring);
    io_uring_cqe *cqe;
    io_uring_wait_cqe(&ring, &cqe);
    io_uring_cqe_seen(&ring, cqe);
    if (i == 6)
      misbehave();
  }
}
/// liburing's waits call each other.
void uring_timeout() {
  io_uring ring;
  if (io_uring_queue_init(8, &ring, 0) != 0) {
    std::puts("no io_uring");
    std::exit(77);
  }
  for (int i = 0; i < 12; ++i) {
    __kernel_timespec t{0, 2'000'000};
    io_uring_cqe *cqe;
    io_uring_wait_cqe_timeout(&ring, &cqe, &t);
    if (i == 6)
      misbehave();
  }
}
#endif

const std::map<std::string, void (*)()> kinds = {
    {"epoll", raw_epoll},     {"blocking-descriptor", blocking_descriptor}, {"poll", raw_poll},       {"one-off", one_off},
    {"nested", nested},       {"asio", asio_last_turn},                     {"workers", asio_workers}, {"forks", forks},
    {"signals", signals},     {"interrupted", interrupted},                 {"threads", many_threads}, {"alternate-stack", alternate_stack},
    {"unloading", unloading}, {"killed", killed},                           {"stuck", stuck},          {"no-memory", no_memory},
    {"spawns", spawns},       {"exceptions", exceptions},                 {"thread-ends", thread_ends},
    {"main-ends", main_ends}, {"environment", environment}, {"descriptors", descriptors},
    {"fibers", fibers},       {"small-alternate-stack", small_alternate_stack}, {"small-thread", small_thread}, {"narrow", narrow},
    {"closes-everything", closes_everything}, {"other-user", other_user}, {"other-root", other_root}, {"signal-table", signal_table},
    {"plugins", plugins},     {"becomes-another", becomes_another}, {"sandboxed", sandboxed}, {"ends-without-libc", ends_without_libc},
    {"bad-pointers", bad_pointers}, {"copied-descriptors", copied_descriptors},
#ifdef HAVE_UV
    {"uv", uv_last},          {"uv-nested", uv_nested},
#endif
#ifdef HAVE_EVENT
    {"event", libevent},
#endif
#ifdef HAVE_URING
    {"uring", uring},         {"uring-timeout", uring_timeout},
#endif
};

} // namespace

int main(int argc, char **argv) {
  std::string kind = argc > 1 ? argv[1] : "";
  fault = argc > 2 ? argv[2] : "clean";
  if (kind == "list")
    for (auto &[name, run] : kinds)
      std::puts(name.c_str());
  auto found = kinds.find(kind);
  if (found == kinds.end())
    return kind == "list" ? 0 : 2;
  if (kind == "exec" || fault == "exec") { // becomes itself: an exec in the same process stays guarded
    execl("/proc/self/exe", argv[0], kind.c_str(), "sleep", nullptr);
    return 3;
  }
  found->second();
  std::printf("%s done\n", kind.c_str());
  return 5;
}
