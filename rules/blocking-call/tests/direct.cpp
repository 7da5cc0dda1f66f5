// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls that block by themselves, directly in a coroutine of an unknown library, in every spelling.
#include "acme.hpp"

#include <barrier>
#include <condition_variable>
#include <cstdlib>
#include <functional>
#include <latch>
#include <mutex>
#include <netdb.h>
#include <poll.h>
#include <semaphore>
#include <sys/wait.h>
#include <thread>
#include <time.h>
#include <unistd.h>

using acme::Deferred;
using namespace std::chrono_literals;

Deferred<> sleeps(acme::Millis delay, std::chrono::steady_clock::time_point when) {
  std::this_thread::sleep_for(100ms);                        // warn: "sleep_for"
  std::this_thread::sleep_for(std::chrono::seconds(1));      // warn: "sleep_for"
  std::this_thread::sleep_for(delay);                        // warn: "sleep_for"
  std::this_thread::sleep_until(when);                       // warn: "sleep_until"
  ::sleep(1);                                                // warn: "sleep"
  sleep(2);                                                  // warn: "sleep"
  usleep(1000);                                              // warn: "usleep"
  timespec span{1, 0};
  nanosleep(&span, nullptr);                                 // warn: "nanosleep"
  clock_nanosleep(CLOCK_MONOTONIC, 0, &span, nullptr);       // warn: "clock_nanosleep"
  co_await acme::pause_for(10ms);                            // ok
}

Deferred<> waits(std::thread &thread, std::condition_variable &changed, std::unique_lock<std::mutex> &lock,
                 std::latch &latch, std::counting_semaphore<4> &slots, std::barrier<> &barrier) {
  thread.join();                              // warn: "join"
  changed.wait(lock);                         // warn: "wait"
  changed.wait(lock, [] { return true; });    // warn: "wait"
  changed.wait_for(lock, 5ms);                // warn: "wait_for"
  latch.wait();                               // warn: "wait"
  slots.acquire();                            // warn: "acquire"
  barrier.arrive_and_wait();                  // warn: "arrive_and_wait"
  co_return;
}

Deferred<> processes(const char *command) {
  system(command);                            // warn: "system"
  std::system("ls");                          // warn: "system"
  FILE *pipe = popen(command, "r");           // warn: "popen"
  pclose(pipe);                               // warn: "pclose"
  int status = 0;
  waitpid(1, &status, 0);                     // warn: "waitpid"
  wait(&status);                              // warn: "wait"
  co_return;
}

Deferred<> names(const char *host, addrinfo **found) {
  getaddrinfo(host, "80", nullptr, found);    // warn: "getaddrinfo"
  gethostbyname(host);                        // warn: "gethostbyname"
  co_return;
}

Deferred<> polls(pollfd *fds) {
  poll(fds, 1, -1);                           // warn: "poll"
  poll(fds, 1, 100);                          // warn: "poll"
  co_return;
}

#define NAP() usleep(10)
#define NAP_TWICE()                                                                                                    \
  do {                                                                                                                 \
    usleep(10);                                                                                                        \
  } while (false)

namespace t = std::this_thread;

Deferred<> spellings(bool slow, int count) {
  using namespace std::this_thread;
  sleep_for(1ms); // warn: "sleep_for"
  {
    using std::this_thread::sleep_for;
    sleep_for(1ms); // warn: "sleep_for"
  }
  t::sleep_for(1ms);                            // warn: "sleep_for"
  (usleep)(10);                                 // warn: "usleep"
  NAP();                                        // warn: "usleep"
  NAP_TWICE();                                  // warn: "usleep"
  slow ? usleep(1) : 0;                         // warn: "usleep"
  count++, usleep(1);                           // warn: "usleep"
  slow && usleep(1);                            // warn: "usleep"
  int result = usleep(1);                       // warn: "usleep"
  if (usleep(1) != 0)                           // warn: "usleep"
    co_return;
  if (int error = usleep(1); error != 0)        // warn: "usleep"
    co_return;
  while (usleep(1) == 0 && count-- > 0)         // warn: "usleep"
    ;
  switch (system("true")) {                     // warn: "system"
  case 0:
    usleep(2);                                  // warn: "usleep"
    break;
  default:
    break;
  }
  try {
    usleep(3);                                  // warn: "usleep"
  } catch (...) {
    usleep(4);                                  // warn: "usleep"
    throw;
  }
  for (int i = 0; i < count; ++i)
    usleep(5);                                  // warn: "usleep"
  (void)usleep(6);                              // warn: "usleep"
  std::invoke(usleep, 7);                       // warn: "usleep"
  [] { usleep(8); }();                          // warn: "usleep"
  auto nap = [] { usleep(9); }; nap();          // warn: "usleep"
  if constexpr (sizeof(int) == 4)
    usleep(10);                                 // warn: "usleep"
  co_await acme::pause_for(acme::Millis(result));
  usleep(11);                                   // warn: "usleep"
}

auto coroutine_lambda = [](int count) -> Deferred<> {
  usleep(count); // warn: "usleep"
  co_return;
};
auto generic_lambda = [](auto count) -> Deferred<> {
  usleep(count); // warn: "usleep"
  co_return;
};
inline void instantiate() { (void)generic_lambda(1); }

template <class Clock> struct Ticker {
  Deferred<> tick() {
    std::this_thread::sleep_until(Clock::now() + 1s); // warn: "sleep_until"
    co_return;
  }
};
template struct Ticker<std::chrono::steady_clock>;

struct Service {
  static Deferred<> start() {
    sleep(1); // warn: "sleep"
    co_return;
  }
  virtual Deferred<> stop() {
    sleep(1); // warn: "sleep"
    co_return;
  }
  acme::Started<> eager() {
    sleep(1); // warn: "sleep"
    co_return;
  }
  acme::Oneway detached() {
    sleep(1); // warn: "sleep"
    co_return;
  }
  acme::Feed<int> numbers() {
    sleep(1); // warn: "sleep"
    co_yield 1;
  }
  virtual ~Service() = default;
};

void promised() [[clang::nonblocking]] {
  usleep(1); // warn: "usleep"
}
