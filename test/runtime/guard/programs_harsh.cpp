// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The test programs of harsh places: children, signals, threads that end, exceptions in flight, no memory.
#include "programs.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <pthread.h>
#include <spawn.h>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <vector>

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
static void qsort_throws(const std::function<void()> &note) {
  int values[] = {3, 1, 2};
  try {
    qsort(values, 3, sizeof(int), [](const void *, const void *) -> int { throw std::runtime_error("compare"); });
  } catch (const std::runtime_error &) {
    note();
  }
}
[[gnu::noinline]] static int thrown_from(int depth) {
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
/// What a thread of the guard's held open, the program could not close: no end of file for whoever reads the other end.
void descriptors() {
  std::size_t held = 0;
  epoll_turns(12, [&](int i) {
    if (i != 11)
      return;
    usleep(10'000); // time for another thread to begin
    for (const auto &thread : std::filesystem::directory_iterator("/proc/self/task"))
      if (thread.path().filename() != std::to_string(gettid()))
        held += std::size_t(std::distance(std::filesystem::directory_iterator(thread.path() / "fd"), {}));
  });
  std::printf("held by other threads: %zu\n", held);
}
void environment() {
  for (const char *name : {"LD_PRELOAD", "COROGUARD_OPTIONS", "COROGUARD_RECORD"})
    if (const char *value = getenv(name))
      std::printf("%s=%s\n", name, value);
  epoll_turns(4, [](int) {});
}
