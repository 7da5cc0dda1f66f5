// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locks of classes of the program: told by how they lock, or by the guard that gives them back.
#include "acme.hpp"

#include <atomic>
#include <mutex>
#include <utility>

using acme::Deferred;
Deferred<> save(int key);

class Gate {
public:
  void lock() {
    while (taken_.test_and_set(std::memory_order_acquire)) {
    }
  }
  void unlock() { taken_.clear(std::memory_order_release); }

private:
  std::atomic_flag taken_;
};
class Latch; // only declared functions: its guard says what it is
class Bolt {
public:
  void lock();
  void unlock();
};
struct Bolted {
  Bolt &bolt;
  explicit Bolted(Bolt &given) : bolt(given) { bolt.lock(); }
  ~Bolted() { bolt.unlock(); }
};
class Window { // no lock of threads: nothing waits, nothing guards
public:
  void lock() { shut_ = true; }
  void unlock() { shut_ = false; }

private:
  bool shut_ = false;
};

Deferred<> spins(Gate &gate) {
  gate.lock();
  co_await save(1); // warn: "gate"
  gate.unlock();
}
Deferred<> guards(Bolt &bolt) {
  Bolted held(bolt);
  co_await save(1); // warn: "held"
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<> shuts(Window &window) {
  window.lock();
  co_await save(1); // ok
  window.unlock();
}
Deferred<> in_a_block(Bolt &bolt) {
  {
    Bolted held(bolt);
  }
  co_await save(1); // ok
}

// A mutex whose functions have names of their own, and a guard of it.
class Latch {
public:
  void shut() { mutex_.lock(); }
  void open() { mutex_.unlock(); }

private:
  std::mutex mutex_;
};
class Latched {
public:
  explicit Latched(Latch &latch) : latch_(&latch) { latch_->shut(); }
  ~Latched() {
    if (latch_) latch_->open();
  }
  void undo() { std::exchange(latch_, nullptr)->open(); }

private:
  Latch *latch_;
};
class Shelf {
public:
  void open() {}
};
class Visit {
public:
  explicit Visit(Shelf &shelf) : shelf_(shelf) {}
  ~Visit() { shelf_.open(); }

private:
  Shelf &shelf_;
};

Deferred<> latches(Latch &latch) {
  Latched held(latch);
  co_await save(1); // warn: "held"
}
Deferred<> unlatches(Latch &latch) {
  Latched held(latch);
  held.undo();
  co_await save(1); // ok
}
Deferred<> visits(Shelf &shelf) {
  Visit visit(shelf);
  co_await save(1); // ok: no mutex in it
}
