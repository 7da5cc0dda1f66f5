// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects that set a thread-local while they live.
#include "cppcoro.hpp"

thread_local int depth = 0;
thread_local const char *label = "";

class Depth {
public:
  Depth() { ++depth; }
  ~Depth() { --depth; }
};
class Named {
public:
  explicit Named(const char *name) : before_(label) { label = name; }
  ~Named() { label = before_; }

private:
  const char *before_;
};
class Peek { // reads only
public:
  Peek() : at_(depth) {}
  ~Peek() {}
  int at() const { return at_; }

private:
  int at_;
};

cppcoro::task<> deeper(cppcoro::static_thread_pool &pool) {
  Depth deep;
  co_await pool.schedule(); // warn: "'deep' sets state of its thread"
}
cppcoro::task<> named(cppcoro::static_thread_pool &pool) {
  Named scope("load");
  co_await pool.schedule(); // warn: "'scope' sets state of its thread"
}

// --- silent -----------------------------------------------------------------------------------------------------

cppcoro::task<> ends_first(cppcoro::static_thread_pool &pool) {
  {
    Depth deep;
  }
  co_await pool.schedule(); // ok
}
cppcoro::task<int> looks(cppcoro::static_thread_pool &pool) {
  Peek peek;
  co_await pool.schedule(); // ok
  co_return peek.at();
}
cppcoro::task<> after(cppcoro::static_thread_pool &pool) {
  co_await pool.schedule();
  Depth deep; // ok
}
