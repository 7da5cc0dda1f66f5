// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Waits of a library for its own threads and its own loop, and coroutines that start on threads of their own.
#include "acme.hpp"

#include <atomic>
#include <chrono>
#include <coroutine>
#include <exception>
#include <sys/epoll.h>
#include <thread>
#include <vector>

using acme::Deferred;

class Executor {
  std::vector<std::thread> threads_;
  std::atomic<int> done_{0};

public:
  void init(int count) {
    std::atomic<int> ready{0};
    for (int i = 0; i < count; ++i)
      threads_.emplace_back([&ready] {
        ++ready;
        ready.notify_one();
      });
    while (ready.load() < count)
      ready.wait(ready.load());
  }
  void finish() { done_.wait(0); }
};
Deferred<> starts(Executor &executor) {
  executor.init(2);  // ok: as long as it takes to start threads
  executor.finish(); // warn: "finish"
  co_return;
}

namespace lib {
class Ring {
  int epoll_ = -1;

public:
  void post() {
    epoll_event event{};
    ::epoll_wait(epoll_, &event, 1, 50);
  }
};
struct Task {
  struct promise_type {
    Task get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
} // namespace lib
lib::Task of_the_library(lib::Ring &ring) {
  ring.post(); // ok: the library of this coroutine knows its loop
  co_return;
}
Deferred<> of_another(lib::Ring &ring) {
  ring.post(); // warn: "epoll_wait"
  co_return;
}

struct Pool {
  std::vector<std::thread> threads;
  void add(std::coroutine_handle<> handle);
};
struct OnPool {
  bool await_ready() const noexcept { return false; }
  template <class P> void await_suspend(std::coroutine_handle<P> handle) { handle.promise().pool.add(handle); }
  void await_resume() const noexcept {}
};
template <class Start> struct Job {
  struct promise_type {
    Pool &pool;
    promise_type(Pool &given) : pool(given) {}
    Job get_return_object();
    Start initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  bool await_ready();
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Job<OnPool> on_threads(Pool &) {
  std::this_thread::sleep_for(std::chrono::seconds(1)); // ok: starts on a thread of the pool
  co_return;
}
Job<std::suspend_always> where_it_is(Pool &) {
  std::this_thread::sleep_for(std::chrono::seconds(1)); // warn: "sleep_for"
  co_return;
}
