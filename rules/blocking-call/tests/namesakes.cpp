// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that share their name with a blocking one, and calls that only look as if they waited.
#include "acme.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

using acme::Deferred;
using namespace std::chrono_literals;

namespace fibers {
namespace this_fiber {
void sleep_for(std::chrono::milliseconds);
}
class mutex {
public:
  void lock();
  void unlock();
};
class condition_variable {
public:
  void wait(std::unique_lock<mutex> &);
};
class thread {
public:
  void join();
};
} // namespace fibers
namespace engine {
Deferred<> sleep(std::chrono::milliseconds);
Deferred<> poll(int);
Deferred<int> system(std::string);
struct Process {
  Deferred<int> wait();
  Deferred<> join();
};
} // namespace engine

std::string join(const std::vector<std::string> &parts, const char *separator);
int remove(std::vector<int> &values, int value);
void rename(std::string &name);
struct Path {
  std::string join(std::string other) const;
  bool exists() const;
  void remove();
};
struct Latch {
  bool wait_done() const;
};

Deferred<> namesakes(fibers::thread &fiber, fibers::mutex &mutex, Path &path, std::vector<int> &values) {
  fibers::this_fiber::sleep_for(5ms);
  fiber.join();
  mutex.lock();
  mutex.unlock();
  co_await engine::sleep(5ms);
  co_await engine::poll(1);
  co_await engine::system("ls");
  engine::Process process;
  co_await process.wait();
  co_await process.join();
  join({"a", "b"}, ",");
  remove(values, 1);
  std::string name;
  rename(name);
  path.join("x");
  path.remove();
  if (path.exists())
    co_return;
}

Deferred<> atomics(std::atomic<int> &count, std::atomic_flag &flag) {
  count.store(1);
  count.notify_all();
  flag.test_and_set();
  flag.clear();
  co_return;
}

Deferred<> only_makes(std::condition_variable &changed) {
  std::promise<int> promise;
  auto future = promise.get_future(); // ok: makes one
  promise.set_value(1);
  if (future.wait_for(0s) == std::future_status::ready)
    changed.notify_one();
  std::thread thread;
  if (thread.joinable())
    thread.detach();
  co_return;
}

// A coroutine calls a function that starts threads which block, or that returns a coroutine which is not run here.
void background() {
  std::thread([] { std::this_thread::sleep_for(1s); }).detach();
}
std::function<void()> make_job() {
  return [] { std::this_thread::sleep_for(1s); };
}
struct Job {
  void operator()() const { std::this_thread::sleep_for(1s); }
};
void submit(Job job);
Deferred<> indirect() {
  background();
  auto job = make_job();
  submit(Job{});
  (void)job;
  co_return;
}

// The stackful thread of Seastar waits by giving way.
seastar::future<> stackful() {
  return seastar::async([] {
    seastar::sleep(5ms).get();
    seastar::thread::yield();
  });
}
folly::coro::Task<void> executor_thread(folly::CPUThreadPoolExecutor &pool) {
  pool.add([] { std::this_thread::sleep_for(1s); });
  co_await folly::coro::co_withExecutor(&pool, [](int n) -> folly::coro::Task<void> {
    std::this_thread::sleep_for(std::chrono::milliseconds(n)); // ok: started on the pool
    co_return;
  }(5));
}
