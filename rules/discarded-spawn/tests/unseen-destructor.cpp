// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles whose destructor no unit but their own shows: what else they can do tells what dropping them does.
#include "acme.hpp"

#include <utility>

using acme::Deferred;

Deferred<> work(int key);

class Job {
public:
  Job(Job &&other) noexcept;
  ~Job();
  void cancel();
  void detach() &&;
};
class Ticket {
public:
  Ticket(Ticket &&other) noexcept;
  ~Ticket();
  int number() const;
};
class Plain {
public:
  ~Plain() = default;
  void cancel();
  void detach();
};
class Worker {
public:
  Worker(Worker &&other) noexcept;
  ~Worker();
  bool joinable() const;
  void detach();
};
class [[nodiscard]] Lease {
public:
  Lease(Lease &&other) noexcept;
  ~Lease();
  void detach();
};
class Loose {
public:
  Loose(Loose &&other) noexcept;
  ~Loose();
  void detach();
};
Worker hire(Deferred<> task);
Lease lend(Deferred<> task);
Loose loosen(Deferred<> task);
Job start(Deferred<> task);
Job lookup(int id);
Ticket enqueue(Deferred<> task);
Plain note(Deferred<> task);

void all(bool loud) {
  start(work(1)); // warn: "Job"
  if (loud)
    start(work(2)), (void)loud; // warn: "Job"
  start(work(3)).detach();
  auto kept = start(work(4));
  kept.cancel();
  hire(work(8)); // warn: "that stops its work, or waits for it"
  lend(work(9)); // warn: "Lease"
  hire(work(10)).detach();
  loosen(work(11));  // ok: nothing says that it is to be kept
  lookup(5);         // ok: was given no work
  enqueue(work(6));  // ok: cannot be stopped
  note(work(7));     // ok: its destructor does nothing
}

/// An awaitable that runs already: dropping it stops it, release() lets it go.
class [[nodiscard]] Running {
public:
  explicit Running(Deferred<> work);
  Running(Running &&other) noexcept;
  ~Running();
  bool await_ready() const noexcept;
  void await_suspend(std::coroutine_handle<> waiting);
  void await_resume();
  void release();
};
Running fire(Deferred<> work) { return Running(std::move(work)); }
void fires() {
  fire(work(1));           // warn: "fire"
  fire(work(2)).release(); // ok
}
