// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Small programs with event loops of several kinds: `programs KIND FAULT`. FAULT is clean, sleep (60 ms), spin (80 ms of processor
// time) or another word that a kind understands. Every program prints what it did and exits with 5.
#include <boost/asio.hpp>
#include <boost/asio/co_spawn.hpp>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <fcntl.h>
#include <functional>
#include <map>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
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

namespace {

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
[[gnu::noinline]] void sleep_without_libc(long milliseconds) {
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

int tick_descriptor(int flags = TFD_NONBLOCK) {
  int fd = timerfd_create(CLOCK_MONOTONIC, flags);
  itimerspec every{{0, 2'000'000}, {0, 2'000'000}};
  timerfd_settime(fd, 0, &every, nullptr);
  return fd;
}
void drain(int fd) {
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
  uv_loop_t first; // the library's own pipe, written to once
  uv_loop_init(&first);
  uv_loop_close(&first);
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

// --- harsh places ------------------------------------------------------------------------------------------------

/// Children are their own business: they must not write into our record, nor see the guard.
void forks() {
  epoll_turns(12, [](int i) {
    if (i != 5)
      return;
    for (int k = 0; k < 20; ++k)
      if (fork() == 0) {
        usleep(1000);
        _exit(getenv("LD_PRELOAD") ? 1 : 0);
      }
    int bad = 0, status;
    while (wait(&status) > 0)
      bad += status != 0;
    std::printf("bad children: %d\n", bad);
  });
}
/// A busy program full of signals, with system calls that must not be seen to fail because somebody looked.
void signals() {
  struct sigaction action{};
  action.sa_handler = [](int) {};
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  itimerval storm{{0, 500}, {0, 500}};
  setitimer(ITIMER_REAL, &storm, nullptr);
  epoll_turns(30, [](int i) { if (i == 10) misbehave(); });
  itimerval none{};
  setitimer(ITIMER_REAL, &none, nullptr);
}
/// No signal handler of the program's own: nothing may be interrupted.
void interrupted() {
  int seen = 0;
  epoll_turns(12, [&](int i) {
    if (i != 5)
      return;
    timespec t{0, 150'000'000}, rest;
    seen += nanosleep(&t, &rest) != 0;
    spin(0.15);
    pollfd p{-1, POLLIN, 0};
    seen += poll(&p, 1, 120) != 0;
    int pair[2];
    if (pipe(pair))
      abort();
    std::thread writer([&] { usleep(150'000); if (write(pair[1], "x", 1) != 1) abort(); });
    char c;
    seen += read(pair[0], &c, 1) != 1;
    writer.join();
  });
  std::printf("interrupted: %d\n", seen);
}
void many_threads() {
  std::vector<std::thread> threads;
  for (int i = 0; i < 64; ++i)
    threads.emplace_back([] { epoll_turns(6, [](int k) { if (k == 3) { char c; int fd = open(program_invocation_name, O_RDONLY); (void)!read(fd, &c, 1); if (fd >= 0) close(fd); } }); });
  for (auto &t : threads)
    t.join();
}
void alternate_stack() {
  static char memory[64 * 1024];
  stack_t stack{memory, 0, sizeof memory};
  sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_flags = SA_ONSTACK;
  action.sa_handler = [](int) { misbehave(); };
  sigaction(SIGUSR1, &action, nullptr);
  epoll_turns(12, [](int i) { if (i == 6) raise(SIGUSR1); });
}
void unloading() {
  epoll_turns(12, [](int) {
    if (void *library = dlopen("libm.so.6", RTLD_NOW))
      dlclose(library);
  });
}
void killed() {
  epoll_turns(12, [](int i) {
    if (i == 6)
      usleep(60'000);
    if (i == 9)
      kill(getpid(), SIGKILL);
  });
}
void stuck() {
  epoll_turns(12, [](int i) {
    if (i == 6)
      for (;;)
        pause();
  });
}
void no_memory() {
  epoll_turns(4, [](int) {});
  rlimit limit{1 << 20, 1 << 20};
  setrlimit(RLIMIT_AS, &limit);
  epoll_turns(12, [](int i) { if (i == 6) misbehave(); });
}
/// Every way to start another program, from a handler; children see the environment as it was.
void spawns() {
  epoll_turns(12, [](int i) {
    if (i != 5)
      return;
    int status = 0, bad = 0;
    const char *script = "test -z \"$LD_PRELOAD$COROGUARD_OPTIONS$COROGUARD_RECORD\"";
    char *words[] = {const_cast<char *>("sh"), const_cast<char *>("-c"), const_cast<char *>(script), nullptr};
    if (pid_t child = vfork(); child == 0) {
      execv("/bin/sh", words);
      _exit(127);
    } else {
      waitpid(child, &status, 0), bad += status != 0;
    }
    pid_t child;
    if (posix_spawn(&child, "/bin/sh", nullptr, nullptr, words, environ) != 0 || posix_spawnp(&child, "sh", nullptr, nullptr, words, environ) != 0)
      ++bad;
    while (wait(&status) > 0)
      bad += status != 0;
    bad += system(script) != 0;
    FILE *pipe = popen("echo from a child", "r");
    char line[64] = "";
    if (!pipe || !fgets(line, sizeof line, pipe) || pclose(pipe) != 0)
      ++bad;
    std::printf("%sbad children: %d\n", line, bad);
  });
}
void qsort_throws(const std::function<void()> &note) {
  int values[] = {3, 1, 2};
  try {
    qsort(values, 3, sizeof(int), [](const void *, const void *) -> int { throw std::runtime_error("compare"); });
  } catch (const std::runtime_error &) {
    note();
  }
}
[[gnu::noinline]] int thrown_from(int depth) {
  if (depth == 0)
    throw std::runtime_error("deep");
  int result = thrown_from(depth - 1);
  return result + depth;
}
/// Exceptions are in flight nearly all the time while the watchdog looks; some fly through a hook.
void exceptions() {
  long caught = 0;
  bool cancelled = false;
  epoll_turns(12, [&](int i) {
    if (i != 5)
      return;
    for (double end = cpu_seconds() + 0.12; cpu_seconds() < end;)
      try {
        thrown_from(40);
      } catch (const std::runtime_error &) {
        ++caught;
      }
    qsort_throws([&] { cancelled = true; });
  });
  std::thread victim([] {
    epoll_turns(1000000, [](int n) {
      if (n == 5)
        usleep(60'000'000);
    });
  });
  usleep(50'000);
  pthread_cancel(victim.native_handle()); // unwinds through our hook of usleep
  victim.join();
  std::printf("caught: %s, flown through libc: %d\n", caught > 10 ? "many" : "few", cancelled);
}
/// Threads that end while a report about them is made, and processes that end in a turn.
void thread_ends() {
  for (int round = 0; round < 20; ++round) {
    std::vector<std::thread> threads;
    for (int k = 0; k < 8; ++k)
      threads.emplace_back([k] {
        epoll_turns(6, [&](int i) {
          if (i == 3) {
            usleep(1000u * unsigned(20 + k));
            if (k % 2) // in the turn; the others go on
              pthread_exit(nullptr);
          }
        });
      });
    for (auto &t : threads)
      t.join();
  }
  std::puts("all ended");
}
/// The main thread ends first: the process ends with its last thread, not with the guard's.
void main_ends() {
  epoll_turns(4, [](int) {});
  std::thread([] { usleep(20'000); std::puts("last thread"); std::fflush(stdout); }).detach();
  pthread_exit(nullptr);
}
void environment() {
  for (const char *name : {"LD_PRELOAD", "COROGUARD_OPTIONS", "COROGUARD_RECORD"})
    if (const char *value = getenv(name))
      std::printf("%s=%s\n", name, value);
  epoll_turns(4, [](int) {});
}

const std::map<std::string, void (*)()> kinds = {
    {"epoll", raw_epoll},     {"blocking-descriptor", blocking_descriptor}, {"poll", raw_poll},       {"one-off", one_off},
    {"nested", nested},       {"asio", asio_last_turn},                     {"workers", asio_workers}, {"forks", forks},
    {"signals", signals},     {"interrupted", interrupted},                 {"threads", many_threads}, {"alternate-stack", alternate_stack},
    {"unloading", unloading}, {"killed", killed},                           {"stuck", stuck},          {"no-memory", no_memory},
    {"spawns", spawns},       {"exceptions", exceptions},                 {"thread-ends", thread_ends},
    {"main-ends", main_ends}, {"environment", environment},
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
