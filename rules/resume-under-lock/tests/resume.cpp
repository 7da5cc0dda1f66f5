// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Resuming a coroutine, or running a caller's code, while a lock is held.
#include "acme.hpp"

#include <coroutine>
#include <deque>
#include <functional>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

class Queue {
  std::mutex mutex_;
  std::deque<std::coroutine_handle<>> waiting_;
  std::deque<int> items_;
  std::function<void(int)> listener_;
  std::promise<int> promise_;

  void wake_one() { waiting_.front().resume(); }

public:
  void push(int item) {
    std::lock_guard lock(mutex_);
    items_.push_back(item);
    if (!waiting_.empty()) {
      auto waiter = waiting_.front();
      waiting_.pop_front();
      waiter.resume(); // warn: "waiter"
    }
  }
  void call_operator() {
    std::scoped_lock lock(mutex_);
    auto waiter = waiting_.front();
    waiter(); // warn: "waiter"
  }
  void all() {
    std::unique_lock lock(mutex_);
    for (auto waiter : waiting_)
      waiter.resume(); // warn: "waiter"
  }
  void by_hand() {
    mutex_.lock();
    waiting_.front().resume(); // warn: "resume"
    mutex_.unlock();
  }
  void through_helper() {
    std::lock_guard lock(mutex_);
    wake_one(); // warn: "wake_one"
  }
  void callback(int item) {
    std::lock_guard lock(mutex_);
    listener_(item); // warn: "listener_"
  }

  std::vector<std::function<void()>> subscribers_;
  void notify_all() {
    std::lock_guard lock(mutex_);
    for (auto &subscriber : subscribers_)
      subscriber(); // warn: "subscriber"
  }
  void takes_out() {
    std::scoped_lock lock(mutex_);
    std::exchange(waiting_.front(), nullptr).resume(); // warn: "resume"
  }

  // --- silent ---------------------------------------------------------------------------------------------------

  void push_right(int item) {
    std::coroutine_handle<> waiter;
    {
      std::lock_guard lock(mutex_);
      items_.push_back(item);
      if (!waiting_.empty()) {
        waiter = waiting_.front();
        waiting_.pop_front();
      }
    }
    if (waiter)
      waiter.resume();
  }
  void unlocks_first() {
    std::unique_lock lock(mutex_);
    auto waiter = waiting_.front();
    lock.unlock();
    waiter.resume();
  }
  void collects() {
    std::deque<std::coroutine_handle<>> ready;
    {
      std::lock_guard lock(mutex_);
      ready.swap(waiting_);
    }
    for (auto waiter : ready)
      waiter.resume();
  }
  void later() {
    std::lock_guard lock(mutex_);
    acme::reactor().post([handle = waiting_.front()] { handle.resume(); }); // ok: runs later
  }
  void copies_callback(int item) {
    std::function<void(int)> listener;
    {
      std::lock_guard lock(mutex_);
      listener = listener_;
    }
    listener(item);
  }
  void compares(int limit) {
    std::lock_guard lock(mutex_);
    auto small = [limit](int item) { return item < limit; };
    while (!items_.empty() && small(items_.front())) // ok: its own lambda
      items_.pop_front();
  }
};
