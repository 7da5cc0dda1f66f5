// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Futures, coroutines nobody can await, and what a destructor does by way of another member.
#include "acme.hpp"

#include <future>
#include <thread>

using acme::Deferred;
Deferred<> farewell();

struct Forgotten {
  struct promise_type {
    Forgotten get_return_object() { return {}; }
    std::suspend_never initial_suspend() noexcept { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() {}
  };
};

class ByStep {
public:
  explicit ByStep(acme::Reactor &loop) : loop_(loop) {}
  ~ByStep() { stop(); } // warn: "starts async work"

private:
  void stop() { loop_.adopt(farewell()); } // note: "is called here"
  acme::Reactor &loop_;
};
class OfFuture {
public:
  ~OfFuture() { done_.get(); } // warn: "waits for async work"

private:
  std::future<void> done_;
};
class OfShared {
public:
  ~OfShared() {
    if (done_.valid())
      done_.wait(); // warn: "waits for async work"
  }

private:
  std::shared_future<int> done_;
};
class Forgets {
public:
  ~Forgets() { flush(); } // warn: "starts async work"

private:
  Forgotten flush() { co_await farewell(); }
};

class ByLambda {
public:
  ~ByLambda() {
    auto last = [this] { (void)flush(); };
    last(); // warn: "starts async work in the destructor of 'ByLambda'"
  }

private:
  Forgotten flush() { co_await farewell(); }
};

// --- silent -----------------------------------------------------------------------------------------------------

class Joins {
public:
  ~Joins() { // ok: a thread, not async work
    if (thread_.joinable())
      thread_.join();
  }

private:
  std::thread thread_;
};
class Marks {
public:
  ~Marks() { mark(); } // ok

private:
  void mark() { ended_ = true; }
  bool ended_ = false;
};
