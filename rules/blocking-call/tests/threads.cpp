// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads started from a coroutine run their functions elsewhere, whatever the spelling.
#include "acme.hpp"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <queue>
#include <stop_token>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

using acme::Deferred;
using namespace std::chrono_literals;

class Pool {
  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<std::function<void()>> jobs_;

  void work() {
    while (true) {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !jobs_.empty(); });
      auto job = std::move(jobs_.front());
      jobs_.pop();
      lock.unlock();
      job();
    }
  }

public:
  void start() {
    for (int i = 0; i < 4; ++i)
      threads_.emplace_back([this] { work(); });
    threads_.push_back(std::thread(&Pool::work, this));
    threads_.emplace_back(&Pool::work, this);
    threads_.emplace_back(std::bind(&Pool::work, this));
  }
  void submit(std::function<void()> job) {
    {
      std::lock_guard lock(mutex_);
      jobs_.push(std::move(job));
    }
    changed_.notify_one();
  }
  void stop() {
    for (auto &thread : threads_)
      thread.join();
  }
};

void free_function(int seconds) { std::this_thread::sleep_for(std::chrono::seconds(seconds)); }
struct Worker {
  std::jthread thread;
  void run(std::stop_token) { usleep(1); }
  void begin() {
    thread = std::jthread([this](std::stop_token token) { run(token); });
  }
};

Deferred<> starts(Pool &pool, Worker &worker) {
  pool.start();                                     // ok
  pool.submit([] { usleep(1); });                   // ok: a pool thread calls it
  pool.submit([] { free_function(1); });            // ok
  worker.begin();                                   // ok
  std::thread(free_function, 1).detach();           // ok
  static std::jthread kept(free_function, 2);       // ok
  static auto future = std::async(std::launch::async, free_function, 3); // ok
  pool.stop();                                      // warn: "stop"
  co_return;
}
