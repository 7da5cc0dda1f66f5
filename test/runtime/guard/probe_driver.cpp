// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs probes: `probe_driver LOOP [blocks|strict|silent|all] [FUNCTION…]`. LOOP is epoll, poll, select or off. On a loop every
// probe has a turn of its own, and the loop goes on afterwards. `probe_driver list` names them, `probe_driver idle FUNCTION`
// is a loop that idles in that function.
#include "probes.h"

#include <arpa/inet.h>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <set>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

namespace probes {

std::vector<probe> &all() {
  static std::vector<probe> list;
  return list;
}
world w;

namespace {

// One helper thread, spoken to through atomics: handing it work is no call the guard could see.
std::atomic<void (*)()> job{nullptr};
std::atomic<int> job_delay{0};
std::atomic<bool> job_done{true};

void raw_sleep(int milliseconds) {
  timespec t{milliseconds / 1000, milliseconds % 1000 * 1000000L};
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(long(SYS_nanosleep)), "D"(&t), "S"(0L) : "rcx", "r11", "memory");
}

void *helper(void *) {
  for (;;) {
    if (void (*f)() = job.exchange(nullptr)) {
      raw_sleep(job_delay);
      f();
      job_done = true;
    }
    raw_sleep(1);
  }
}

} // namespace

void later(int milliseconds, void (*f)()) {
  while (!job_done)
    raw_sleep(1);
  job_done = false;
  job_delay = milliseconds;
  job = f;
}
void elsewhere(void (*f)()) {
  later(0, f);
  while (!job_done)
    raw_sleep(1);
}
void spin_until(volatile bool &flag) {
  while (!flag)
    raw_sleep(1);
}

} // namespace probes

using namespace probes;

namespace {

void make_world() {
  const char *scratch = getenv("TMPDIR"); // whoever gives it removes what is left there
  std::string dir = std::string(scratch ? scratch : "/tmp") + "/coroguard-probes-XXXXXX";
  if (!mkdtemp(dir.data()))
    abort();
  w.dir = dir;
  w.file = open(path("data"), O_RDWR | O_CREAT, 0600);
  std::string bytes(65536, 'x');
  for (std::size_t i = 63; i < bytes.size(); i += 64)
    bytes[i] = '\n';
  if (write(w.file, bytes.data(), bytes.size()) != ssize_t(bytes.size()) || symlink("data", path("link")) != 0)
    abort();
  w.memory = memfd_create("probes", 0);
  if (w.memory < 0 || write(w.memory, bytes.data(), bytes.size()) != ssize_t(bytes.size()))
    abort();
  int pair[2];
  auto make = [&](int result) {
    if (result != 0)
      abort();
  };
  make(pipe(pair)), w.pipe_in = pair[0], w.pipe_out = pair[1];
  make(pipe2(pair, O_NONBLOCK)), w.quiet_pipe_in = pair[0], w.quiet_pipe_out = pair[1];
  make(socketpair(AF_UNIX, SOCK_STREAM, 0, pair)), w.socket_a = pair[0], w.socket_b = pair[1];
  make(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair)), w.quiet_socket_a = pair[0], w.quiet_socket_b = pair[1];
  auto listen_on = [](int flags) {
    int fd = socket(AF_INET, SOCK_STREAM | flags, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 || listen(fd, 64) != 0)
      abort();
    socklen_t size = sizeof address;
    getsockname(fd, reinterpret_cast<sockaddr *>(&address), &size);
    w.port = ntohs(address.sin_port);
    return fd;
  };
  w.quiet_listener = listen_on(SOCK_NONBLOCK);
  w.listener = listen_on(0);
  signal(SIGPIPE, SIG_IGN);
  pthread_t thread;
  pthread_create(&thread, nullptr, helper, nullptr);
  pthread_detach(thread);
}

std::vector<probe> chosen;
std::size_t next_probe;

/// One turn: two empty turns first, then a probe each, two empty ones at the end.
bool step(unsigned turn) {
  if (turn < 3)
    return true;
  if (next_probe < chosen.size()) {
    chosen[next_probe++].run();
    return true;
  }
  static unsigned rest = 3;
  return --rest > 0;
}

int ticker() {
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  itimerspec every{{0, 1000000}, {0, 1000000}};
  timerfd_settime(fd, 0, &every, nullptr);
  return fd;
}
void drain(int fd) {
  unsigned long ticks;
  while (read(fd, &ticks, sizeof ticks) > 0)
    ;
}

void run_epoll() {
  int fd = ticker(), set = epoll_create1(0);
  epoll_event event{EPOLLIN, {}};
  epoll_ctl(set, EPOLL_CTL_ADD, fd, &event);
  for (unsigned turn = 0;; ++turn) {
    epoll_wait(set, &event, 1, -1);
    drain(fd);
    if (!step(turn))
      break;
  }
}
void run_poll() {
  int fd = ticker(), pair[2];
  if (pipe2(pair, O_NONBLOCK) != 0)
    abort();
  for (unsigned turn = 0;; ++turn) {
    pollfd set[2] = {{fd, POLLIN, 0}, {pair[0], POLLIN, 0}};
    poll(set, 2, -1);
    drain(fd);
    if (!step(turn))
      break;
  }
}
void run_select() {
  int fd = ticker(), pair[2];
  if (pipe2(pair, O_NONBLOCK) != 0)
    abort();
  for (unsigned turn = 0;; ++turn) {
    fd_set in;
    FD_ZERO(&in);
    FD_SET(fd, &in);
    FD_SET(pair[0], &in);
    select((fd > pair[0] ? fd : pair[0]) + 1, &in, nullptr, nullptr, nullptr);
    drain(fd);
    if (!step(turn))
      break;
  }
}
const char *word(kind what) { return what == kind::blocks ? "blocks" : what == kind::strict ? "strict" : "silent"; }
void *run_off(void *) {
  for (const probe &p : chosen)
    p.run();
  return nullptr;
}

} // namespace

int main(int argc, char **argv) {
  std::string loop = argc > 1 ? argv[1] : "epoll", what = argc > 2 ? argv[2] : "all";
  std::set<std::string> names(argv + (argc > 3 ? 3 : argc), argv + argc);
  if (loop == "list") {
    for (const probe &p : all())
      std::printf("%s %s %d\n", word(p.what), p.function, p.line);
    return 0;
  }
  if (loop == "idle")
    return run_idle_workers(what.c_str()) ? 7 : 2;
  setvbuf(stdout, nullptr, _IOFBF, 4096);
  make_world();
  for (const probe &p : all())
    if ((what == "all" || what == word(p.what)) && (names.empty() || names.count(p.function)))
      chosen.push_back(p);
  if (loop == "epoll")
    run_epoll();
  else if (loop == "poll")
    run_poll();
  else if (loop == "select")
    run_select();
  else {
    pthread_t thread;
    pthread_create(&thread, nullptr, run_off, nullptr);
    pthread_join(thread, nullptr);
  }
  fflush(stdout);
  _exit(7);
}
