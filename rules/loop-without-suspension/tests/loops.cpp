// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops that keep the loop thread: nothing in them, or on one way through them, suspends.
#include "acme.hpp"
#include "cppcoro.hpp"

#include <atomic>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <queue>
#include <string>
#include <vector>

using acme::Deferred;
using namespace std::chrono_literals;

bool is_prime(std::uint64_t n);
void compute();
bool step();
bool closed();

Deferred<> forever() {
  while (true) // warn: "loop"
    compute();
  co_return;
}
Deferred<> forever_for() {
  for (;;) { // warn: "loop"
    compute();
    if (closed())
      co_return;
  }
}
Deferred<> until_state() {
  while (!closed()) // warn: "loop"
    compute();
  co_return;
}
Deferred<> do_forever() {
  do { // warn: "loop"
    compute();
  } while (!closed());
  co_return;
}
Deferred<int> long_count() {
  int primes = 0;
  for (std::uint64_t n = 0; n < 100'000'000; ++n) // warn: "loop"
    primes += is_prime(n);
  co_return primes;
}
Deferred<> spin(std::atomic<bool> &flag) {
  while (!flag.load()) { // warn: "loop"
  }
  co_return;
}
Deferred<> way_around(std::queue<int> &queue) {
  while (true) { // warn: "loop"
    if (queue.empty())
      continue;
    queue.pop();
    co_await acme::pause_for(1ms);
  }
}
Deferred<> only_sometimes() {
  while (!closed()) { // warn: "loop"
    compute();
    if (step())
      co_await acme::GiveWay{};
  }
}
Deferred<> always_ready() {
  while (!closed()) { // warn: "loop"
    compute();
    co_await std::suspend_never{};
  }
}
auto lambda = []() -> Deferred<> {
  while (true) // warn: "loop"
    compute();
  co_return;
};

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<> suspends() {
  while (true) {
    compute();
    co_await acme::GiveWay{};
  }
}
Deferred<> suspends_in_condition(acme::Socket &socket) {
  while (co_await socket.send("x") > 0)
    compute();
  for (; !(co_await socket.receive()).empty();)
    compute();
}
Deferred<> both_ways(bool fast) {
  for (;;) {
    if (fast)
      co_await acme::GiveWay{};
    else
      co_await acme::pause_for(1ms);
    if (closed())
      co_return;
  }
}
Deferred<int> bounded(std::vector<int> values, std::string text) {
  int sum = 0;
  for (int value : values)
    sum += value;
  for (std::size_t i = 0; i < values.size(); ++i)
    sum += values[i];
  for (int i = 0; i < 16; ++i)
    compute();
  for (char c : text)
    sum += c;
  std::deque<int> queue(values.begin(), values.end());
  while (!queue.empty()) {
    sum += queue.front();
    queue.pop_front();
  }
  std::size_t at = 0;
  while ((at = text.find(',', at)) != std::string::npos)
    ++at;
  for (auto it = values.begin(); it != values.end(); ++it)
    sum += *it;
  do
    sum /= 2;
  while (sum > 10);
  co_return sum;
}
Deferred<> leaves_at_once() {
  while (true) {
    compute();
    co_return;
  }
}
Deferred<> compare_and_swap(std::atomic<int> &value) {
  int old = value.load();
  while (!value.compare_exchange_weak(old, old + 1)) // ok: short by nature
    ;
  co_return;
}
acme::Feed<int> endless() {
  for (int i = 0;; ++i)
    co_yield i;
}
cppcoro::generator<int> synchronous() {
  int i = 0;
  while (true)
    co_yield i++;
}
cppcoro::task<> on_the_pool(cppcoro::static_thread_pool &pool) {
  co_await pool.schedule();
  while (!closed()) // ok: not on the loop any more
    compute();
}
void plain() {
  while (true)
    compute();
}
Deferred<> lambda_is_not_here() {
  auto later = [] {
    while (true) // ok: nobody runs it here
      compute();
  };
  (void)later;
  co_return;
}
