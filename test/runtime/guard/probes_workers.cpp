// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The conditions `not idle_site` when they are false: a loop whose threads wait for events by turns, the others in a condition
// variable. Such a wait is idle, however long it lasts.
#include "probes.h"

#include <atomic>
#include <cstring>
#include <fcntl.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/timerfd.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

namespace {

enum class waiting { pthread_cond_wait, pthread_cond_timedwait, pthread_cond_clockwait, cnd_wait, cnd_timedwait } how;
constexpr const char *names[] = {"pthread_cond_wait", "pthread_cond_timedwait", "pthread_cond_clockwait", "cnd_wait", "cnd_timedwait"};

pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
mtx_t c_mutex;
cnd_t c_condition;
int leader;
int events, ticks;
std::atomic<int> long_waits;

timespec soon(clockid_t clock) {
  timespec t;
  clock_gettime(clock, &t);
  ++t.tv_sec;
  return t;
}
double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}
bool in_c() { return how == waiting::cnd_wait || how == waiting::cnd_timedwait; }
void lock() { in_c() ? (void)mtx_lock(&c_mutex) : (void)pthread_mutex_lock(&mutex); }
void unlock() { in_c() ? (void)mtx_unlock(&c_mutex) : (void)pthread_mutex_unlock(&mutex); }

void *work(void *which) {
  const int self = which != nullptr;
  for (int turn = 0; turn < 30; ++turn) {
    lock();
    double begun = now();
    while (leader != self) {
      timespec until = soon(how == waiting::pthread_cond_clockwait ? CLOCK_MONOTONIC : CLOCK_REALTIME);
      switch (how) {
      case waiting::pthread_cond_wait: pthread_cond_wait(&condition, &mutex); break;
      case waiting::pthread_cond_timedwait: pthread_cond_timedwait(&condition, &mutex, &until); break;
      case waiting::pthread_cond_clockwait: pthread_cond_clockwait(&condition, &mutex, CLOCK_MONOTONIC, &until); break;
      case waiting::cnd_wait: cnd_wait(&c_condition, &c_mutex); break;
      case waiting::cnd_timedwait: cnd_timedwait(&c_condition, &c_mutex, &until); break;
      }
    }
    long_waits += now() - begun > 0.001;
    unlock();
    epoll_event event;
    epoll_wait(events, &event, 1, -1);
    unsigned long n;
    (void)!read(ticks, &n, sizeof n);
    lock();
    leader = 1 - self;
    in_c() ? (void)cnd_broadcast(&c_condition) : (void)pthread_cond_broadcast(&condition);
    unlock();
  }
  return nullptr;
}

} // namespace

bool probes::run_idle_workers(const char *function) {
  for (unsigned i = 0; i < 5; ++i)
    if (strcmp(names[i], function) == 0) {
      how = waiting(i);
      mtx_init(&c_mutex, mtx_plain);
      cnd_init(&c_condition);
      ticks = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
      itimerspec every{{0, 3'000'000}, {0, 3'000'000}};
      timerfd_settime(ticks, 0, &every, nullptr);
      events = epoll_create1(0);
      epoll_event event{EPOLLIN, {}};
      epoll_ctl(events, EPOLL_CTL_ADD, ticks, &event);
      pthread_t threads[2];
      for (pthread_t &t : threads)
        pthread_create(&t, nullptr, work, &t == threads ? nullptr : threads);
      for (pthread_t &t : threads)
        pthread_join(t, nullptr);
      return long_waits > 10;
    }
  return false;
}
