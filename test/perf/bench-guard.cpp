// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The guard's costs in one process: run plainly, under the guard, and (the first item) built with -fsanitize=realtime.
// Prints `item nanoseconds` per repetition; bench-guard.py runs the variants interleaved and compares.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

namespace {

double now() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) * 1e9 + double(t.tv_nsec);
}

template <class F> void measure(const char *item, long n, F f) {
  for (long i = 0; i < n / 50 + 1; ++i)
    f();
  double start = now();
  for (long i = 0; i < n; ++i)
    f();
  std::printf("%s %.3f\n", item, (now() - start) / double(n));
}

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
int set, ready, quiet[2], disk = -1;
char byte[8];

#if defined(__has_feature) && __has_feature(realtime_sanitizer)
#define IN_PEER_S_CONTEXT noexcept [[clang::nonblocking]]
constexpr long violations = 20'000; // tens of microseconds each
#else
#define IN_PEER_S_CONTEXT
constexpr long violations = 1'000'000;
#endif
[[gnu::noinline]] void violate() IN_PEER_S_CONTEXT { (void)!pread(disk, byte, 1, 0); }

/// Two turns make this thread a loop; harmless without the guard.
void become_loop() {
  set = epoll_create1(0);
  ready = eventfd(1, EFD_NONBLOCK);
  epoll_event event{EPOLLIN, {}};
  epoll_ctl(set, EPOLL_CTL_ADD, ready, &event);
}
void turn() {
  epoll_event event;
  epoll_wait(set, &event, 1, 0);
}

} // namespace

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "off";
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, quiet) != 0)
    return 1;
  auto lock_pair = [] {
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
  };
  if (std::strcmp(what, "off") == 0) {
    measure("lock-pair-off-loop", 20'000'000, lock_pair);
    measure("read-off-loop", 2'000'000, [] { (void)!read(quiet[0], byte, 1); });
    return 0;
  }
  become_loop();
  measure("turn", 3'000'000, turn);
  // the same calls on the loop, a turn every thousand
  long calls = 0;
  auto on_loop = [&](auto call) {
    return [&calls, call] {
      call();
      if (++calls % 1000 == 0)
        turn();
    };
  };
  measure("lock-pair-on-loop", 5'000'000, on_loop(lock_pair));
  measure("read-on-loop", 2'000'000, on_loop([] { (void)!read(quiet[0], byte, 1); }));
  // a call that is reported every time: reading a file on disk, known after the first
  char name[] = "/tmp/coroguard-bench-XXXXXX";
  disk = mkstemp(name);
  unlink(name);
  if (ftruncate(disk, 4096) != 0)
    return 1;
  measure("known-violation", violations, on_loop(violate));
}
