// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pauses of a library nobody knows: told by what they are given and give.
#include "acme.hpp"

#include <atomic>
#include <chrono>
#include <mutex>
#include <memory>
#include <vector>

using acme::Deferred;

struct Rest {
  std::chrono::milliseconds time;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Rest rest(std::chrono::milliseconds time);
struct Turn {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Turn letOthers();
struct Arrival { // which of several things it waits for is in the object
  int id;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Arrival arrival(int id);
Deferred<> breath() { co_await rest(std::chrono::milliseconds(3)); }
Deferred<> batch() {
  co_await rest(std::chrono::milliseconds(3));
  co_await arrival(1);
}
class Door {
public:
  bool isOpen() {
    std::lock_guard lock(mutex_);
    return open_;
  }
  bool takeTurn() { return ++turns_ > 3; }

private:
  std::mutex mutex_;
  bool open_ = false;
  int turns_ = 0;
};

Deferred<> a_time_alone(std::atomic<bool> &stop) {
  while (!stop) // warn: "'stop' is polled"
    co_await rest(std::chrono::milliseconds(1));
}
Deferred<> gives_way(std::atomic<int> &left) {
  while (left > 0) // warn: "is polled"
    co_await letOthers();
}
Deferred<> by_a_coroutine(std::atomic<bool> &stop) {
  while (!stop) // warn: "'stop' is polled"
    co_await breath();
}
Deferred<> asks_under_a_lock(Door &door) {
  while (!door.isOpen()) // warn: "is polled"
    co_await rest(std::chrono::milliseconds(1));
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<> waits_for_something(std::atomic<bool> &stop) {
  while (!stop)
    co_await arrival(3);
}
Deferred<> does_more(std::atomic<bool> &stop) {
  while (!stop)
    co_await batch();
}
Deferred<> counts(Door &door) {
  while (!door.takeTurn())
    co_await rest(std::chrono::milliseconds(1));
}

class Slots {
public:
  bool isFree(int number) const;
};
Deferred<> asks_the_same(const Slots &slots) {
  while (!slots.isFree(3)) // warn: "is polled"
    co_await rest(std::chrono::milliseconds(1));
}
Deferred<> asks_another(const Slots &slots, int from) {
  while (!slots.isFree(from)) { // ok: another one each time
    ++from;
    co_await rest(std::chrono::milliseconds(1));
  }
}

// What the loop says of itself is no work.
struct Pause {
  void *loop;
  unsigned milliseconds;
  bool await_ready() const noexcept { return milliseconds == 0; }
  void await_suspend(std::coroutine_handle<>);
  void await_resume() const noexcept {}
};
struct Log {
  void debug(const char *text, int value);
  template <class T> Log &operator<<(const T &);
};
Log &logger();
#define LOG_EVERY(n) for (int turn = 0; turn < 1; ++turn) logger()
#define TICK(n) for (int turn = 0; turn < 1; ++turn) compute(n)
void compute(int value);

class Writer {
public:
  Deferred<> durable(int offset) {
    while (durable_ < offset) { // warn: "durable_ < offset"
      log_.debug("not yet {}", offset);
      co_await rest(std::chrono::milliseconds(2)); // note: "pauses here"
    }
  }
  Deferred<int> acknowledged(unsigned id) {
    int rounds = 0;
    while (!acknowledged_[id]) { // warn: "acknowledged_[id]"
      co_await Pause{this, 2};
      ++rounds;
    }
    co_return rounds;
  }
  Deferred<> idle() {
    while (inFlight_ > 0 && !closed_) { // warn: "inFlight_ > 0 && !closed_"
      LOG_EVERY(100) << "busy";
      co_await Pause{this, 2};
    }
  }
  Deferred<> bounded() {
    int rounds = 0;
    while (!closed_ && rounds < 10) { // ok: a limit
      co_await Pause{this, 2};
      ++rounds;
    }
    while (!closed_) { // ok: works between
      TICK(2);
      co_await Pause{this, 2};
    }
    while (!closed_) { // ok: as many turns as there are acknowledgements
      co_await Pause{this, 2};
      ++inFlight_;
    }
  }

private:
  Log log_;
  int durable_ = 0, inFlight_ = 0;
  bool closed_ = false;
  std::vector<char> acknowledged_;
};

/// A promise makes an awaiter of it.
struct Yield {};
struct Job {
  struct promise_type {
    Job get_return_object();
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    void return_void() noexcept {}
    void unhandled_exception() noexcept {}
    std::suspend_always await_transform(Yield) noexcept { return {}; }
    template <class T> T &&await_transform(T &&other) noexcept { return static_cast<T &&>(other); }
  };
  bool await_ready();
  void await_suspend(std::coroutine_handle<> waiting);
  void await_resume();
};
Job spins(const std::shared_ptr<bool> &done) {
  while (!*done) // warn: "'*done' is polled"
    co_await Yield{};
}
