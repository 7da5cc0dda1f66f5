// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where the same calls are no mistake: outside async code, in forms that do not wait, or handed to other threads.
#include "acme.hpp"
#include "cppcoro.hpp"

#include <condition_variable>
#include <fcntl.h>
#include <functional>
#include <future>
#include <latch>
#include <mutex>
#include <poll.h>
#include <semaphore>
#include <shared_mutex>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using acme::Deferred;
using namespace std::chrono_literals;

void plain_function() {
  std::this_thread::sleep_for(1s);
  usleep(1);
  system("true");
}

int main() {
  std::thread worker([] { usleep(1); });
  worker.join();
  std::this_thread::sleep_for(1s);
}

cppcoro::generator<int> synchronous_generator() {
  usleep(1); // ok: runs in its caller, which is no coroutine
  co_yield 1;
}

Deferred<> do_not_wait(pollfd *fds, std::condition_variable &changed, std::unique_lock<std::mutex> &lock,
                       std::mutex &mutex, std::counting_semaphore<2> &slots, std::latch &latch, int fd) {
  std::this_thread::sleep_for(0ms);
  std::this_thread::sleep_for(std::chrono::seconds(0));
  std::this_thread::sleep_for(std::chrono::milliseconds::zero());
  sleep(0);
  usleep(0);
  std::this_thread::yield();
  poll(fds, 1, 0);
  epoll_event events[4];
  epoll_wait(fd, events, 4, 0);
  timeval none{0, 0};
  select(0, nullptr, nullptr, nullptr, &none);
  changed.wait_for(lock, 0ms);
  slots.try_acquire();
  slots.release();
  slots.try_acquire_for(0ms);
  latch.try_wait();
  latch.count_down();
  if (mutex.try_lock())
    mutex.unlock();
  int status = 0;
  waitpid(-1, &status, WNOHANG);
  char data[8];
  recv(fd, data, sizeof data, MSG_DONTWAIT);
  changed.notify_all();
  co_return;
}

Deferred<int> short_critical_section(std::mutex &mutex, std::shared_mutex &shared, int &value) {
  {
    std::lock_guard guard(mutex);
    ++value;
  }
  {
    std::scoped_lock both(mutex);
    ++value;
  }
  {
    std::shared_lock reader(shared);
    co_return value;
  }
}

Deferred<> handed_to_threads(acme::Workers &workers) {
  std::thread detached([] { usleep(1); });
  detached.detach();
  static std::vector<std::thread> threads;
  threads.emplace_back([] { usleep(2); });
  static std::future<void> result;
  result = std::async(std::launch::async, [] { usleep(3); });
  std::packaged_task<void()> job([] { usleep(4); });
  co_await workers.call([] { usleep(5); });
  std::function<void()> later = [] { usleep(6); }; // ok: nobody calls it here
  auto stored = [] { usleep(7); };
  acme::reactor().post([] {});
  (void)stored;
  (void)later;
}

cppcoro::task<> on_the_pool(cppcoro::static_thread_pool &pool, cppcoro::io_service &loop) {
  co_await pool.schedule();
  usleep(1); // ok: on a pool thread
  co_await loop.schedule();
  usleep(2); // warn: "usleep"
}

cppcoro::task<> on_the_pool_sometimes(cppcoro::static_thread_pool &pool, bool offload) {
  if (offload) {
    co_await pool.schedule();
    usleep(1); // ok
  } else {
    usleep(2); // warn: "usleep"
  }
}

void read_all() [[clang::nonblocking]];
void trusted() [[clang::nonblocking]];
Deferred<> trusts_promises() {
  trusted(); // ok: promised not to block
  read_all();
  co_return;
}

// Same names, other functions.
namespace mine {
void sleep(int);
void usleep(int);
int system(const char *);
namespace this_thread {
void sleep_for(acme::Millis);
}
} // namespace mine
struct Widget {
  void sleep(int);
  void join();
  bool wait();
  void acquire();
};
Deferred<> other_functions(Widget &widget) {
  mine::sleep(1);
  mine::usleep(2);
  mine::system("ls");
  mine::this_thread::sleep_for(1ms);
  widget.sleep(3);
  widget.join();
  widget.wait();
  widget.acquire();
  co_return;
}

Deferred<> unevaluated() {
  using Result = decltype(usleep(1));
  static_assert(sizeof(usleep(1)) == sizeof(int));
  auto *pointer = &usleep; // ok: not called
  (void)pointer;
  if constexpr (sizeof(int) == 1)
    usleep(1); // ok: never compiled in
  co_return;
}

// So has the child of a clone.
struct CloneArguments {
  int flags;
};
pid_t clone3(CloneArguments *arguments, unsigned long size);
Deferred<> cloned() {
  CloneArguments arguments{};
  pid_t child = 0;
  child = clone3(&arguments, sizeof(arguments));
  if (child == 0)
    sleep(1); // ok
  co_return;
}
// The child of a fork has no loop, and who asks which thread it is on knows what may block there.
Deferred<> forked() {
  const pid_t child = fork(); // warn: "fork"
  if (child == 0)
    sleep(1); // ok
  else
    sleep(2); // warn: "sleep"
  if (child > 0) {
    sleep(3); // warn: "sleep"
  } else {
    sleep(4); // ok
  }
  co_return;
}
Deferred<> asks(std::thread::id worker) {
  if (std::this_thread::get_id() == worker) {
    sleep(1); // ok
    co_return;
  }
  sleep(2); // warn: "sleep"
}
struct Session {
  int get_id() const;
};
Deferred<> asks_for_session(Session &session, int wanted) {
  if (session.get_id() == wanted)
    sleep(1); // warn: "sleep"
  co_return;
}
