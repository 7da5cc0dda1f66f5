// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a coroutine runs: off the loop after some awaits, back on it after others, path by path.
#include "acme.hpp"
#include "cppcoro.hpp"

#include <coroutine>
#include <thread>
#include <unistd.h>

using acme::Deferred;

struct new_thread {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const { std::thread([waiter] { waiter.resume(); }).detach(); }
  void await_resume() const noexcept {}
};
struct plain_wait {
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> waiter) const { acme::reactor().resume_later(waiter); }
  void await_resume() const noexcept {}
};
acme::GiveWay resume_background();

Deferred<> unknown_library(acme::Workers &workers) {
  usleep(1); // warn: "usleep"
  co_await workers.enter();
  usleep(2); // ok: on a worker
  co_await workers.leave();
  usleep(3); // warn: "usleep"
  co_await new_thread{};
  usleep(4); // ok: on a thread of its own
}
Deferred<> stays() {
  co_await plain_wait{};
  usleep(1); // warn: "usleep"
  co_await acme::GiveWay{};
  usleep(2); // warn: "usleep"
}
Deferred<> by_name() {
  co_await resume_background();
  usleep(1); // ok
}

cppcoro::task<> loops(cppcoro::static_thread_pool &pool, int count) {
  for (int i = 0; i < count; ++i) {
    usleep(1); // ok: may be the second turn
    co_await pool.schedule();
  }
  usleep(2); // ok: may be off the loop
}
cppcoro::task<> helper(cppcoro::static_thread_pool &pool) { co_await pool.schedule(); }
cppcoro::task<> through_helper(cppcoro::static_thread_pool &pool) {
  usleep(1); // warn: "usleep"
  co_await helper(pool);
  usleep(2); // ok: resumed where the helper ended
}
cppcoro::task<> in_lambda(cppcoro::static_thread_pool &pool) {
  auto nap = [] { usleep(1); }; // ok: called on the pool
  co_await pool.schedule();
  nap();
}

cppcoro::task<> started_on_pool() {
  usleep(1); // ok: every start is on the pool
  co_return;
}
cppcoro::task<> started_on_both() {
  usleep(1); // warn: "usleep"
  co_return;
}
cppcoro::task<> starts(cppcoro::static_thread_pool &pool) {
  co_await cppcoro::schedule_on(pool, started_on_pool());
  co_await cppcoro::schedule_on(pool, started_on_both());
}
cppcoro::task<> starts_here() { co_await started_on_both(); }

// Work given to a coroutine that goes to the pool before it calls it.
template <class Work> cppcoro::task<> on_pool(cppcoro::static_thread_pool &pool, Work work) {
  co_await pool.schedule();
  work();
}
template <class Work> cppcoro::task<> right_here(cppcoro::static_thread_pool &, Work work) {
  work();
  co_return;
}
auto given_away(cppcoro::static_thread_pool &pool) {
  return on_pool(pool, [] { usleep(1); }); // ok: called on the pool
}
auto given(cppcoro::static_thread_pool &pool) {
  return right_here(pool, [] { usleep(1); }); // warn: "usleep"
}
