// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles that stop or join the work when they are dropped, and are dropped at once.
#include "acme.hpp"

#include <coroutine>
#include <functional>
#include <future>
#include <thread>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> work(int key);
void compute();

namespace nest {
/// Cancels the task when destroyed.
class [[nodiscard]] Child {
public:
  explicit Child(Deferred<> task);
  Child(Child &&other) noexcept;
  Child &operator=(Child &&other) noexcept;
  ~Child() { cancel(); }
  void cancel() noexcept;
  void detach() && noexcept;
  struct Waiter {
    bool await_ready() const noexcept;
    void await_suspend(std::coroutine_handle<> waiter);
    void await_resume();
  };
  Waiter operator co_await() const noexcept;
};
Child spawn(Deferred<> task);

/// Only a name for the running task: dropping it changes nothing.
class Ticket {
public:
  int id() const;
};
Ticket start(Deferred<> task);

class Nursery {
public:
  Child open(Deferred<> task);
};
} // namespace nest

Deferred<> dropped(nest::Nursery &nursery) {
  nest::spawn(work(1));            // warn: "spawn"
  nursery.open(work(2));           // warn: "open"
  nest::Child(work(3));            // warn: "Child"
  std::async(std::launch::async, compute); // warn: "async"
  std::jthread(compute);           // warn: "jthread"
  co_return;
}

void dropped_in_plain_function() {
  nest::spawn(work(1)); // warn: "spawn"
}

class Owner {
  std::vector<nest::Child> children_;
  nest::Child first_ = nest::spawn(work(0));

public:
  void add() { children_.push_back(nest::spawn(work(1))); }
  nest::Child make() { return nest::spawn(work(2)); }
};

Deferred<> kept(nest::Nursery &nursery) {
  auto child = nest::spawn(work(1));
  co_await child;
  nest::spawn(work(2)).detach();         // ok: said explicitly
  co_await nest::spawn(work(3));         // ok
  nest::start(work(4));                  // ok: only a name
  (void)nest::spawn(work(5));            // ok: said explicitly
  auto scoped = nursery.open(work(6));   // ok: stops at the end of this scope, which is its use
  compute();
  auto result = std::async(std::launch::async, compute);
  std::thread(compute).detach();
}

// What comes back from a call that was given work, and stops it when it goes.
class Worker {
public:
  Worker(Worker &&other) noexcept;
  ~Worker() { stop(); }
  void stop();
};
Worker launch_worker(acme::Deferred<> work);
Worker find_worker(int id);
void started(acme::Deferred<> work) {
  launch_worker(std::move(work)); // warn: "launch_worker"
  find_worker(1);                 // ok: nothing was started here
}

// A handle that stops by calling what it was given.
class Watch {
  std::function<void()> stop_;

public:
  explicit Watch(std::function<void()> stop);
  Watch(Watch &&other) noexcept;
  ~Watch() {
    if (stop_)
      stop_();
  }
};
Watch watch(std::function<void(int)> on_change);
Watch watch_key(int key);
void watches() {
  watch([](int) { compute(); }); // warn: "watch"
  auto kept = watch([](int) { compute(); }); // ok
  watch_key(1); // ok: was given no work
}
