// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Single-shot tasks awaited, moved or started twice.
#include "acme.hpp"
#include "borealis.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <optional>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

Deferred<int> load(int key);
Deferred<> save(int key);
void use(int value);

Deferred<> twice() {
  auto task = save(1);
  co_await std::move(task);
  co_await std::move(task); // warn: "task"
}
Deferred<> in_loop(int count) {
  auto task = save(1);
  do
    co_await std::move(task); // warn: "task"
  while (--count > 0);
}
Deferred<> some_paths(bool early) {
  auto task = save(1);
  if (early)
    co_await std::move(task);
  co_await std::move(task); // warn: "task"
}
Deferred<> spawned_and_awaited() {
  auto task = save(1);
  acme::launch(std::move(task));
  co_await std::move(task); // warn: "task"
}
Deferred<> moved_and_awaited() {
  auto task = save(1);
  auto other = std::move(task);
  co_await std::move(task); // warn: "task"
  co_await std::move(other);
}
Deferred<> stored_and_awaited(std::vector<Deferred<>> &tasks) {
  auto task = save(1);
  tasks.push_back(std::move(task));
  co_await std::move(task); // warn: "task"
}
Deferred<> parameter(Deferred<> given) {
  co_await std::move(given);
  co_await std::move(given); // warn: "given"
}
Deferred<int> one_expression() {
  auto task = load(1);
  int first = co_await std::move(task); int second = co_await std::move(task); // warn: "task"
  co_return first + second;
}
coro::Task<int> folly_load(int key);
coro::Task<void> folly_twice() {
  auto task = folly_load(1);
  use(co_await std::move(task));
  use(co_await std::move(task)); // warn: "task"
}
borealis::Job<int> Load(int key);
borealis::Job<int> BorealisTwice() {
  auto job = Load(1);
  int sum = co_await job;
  sum += co_await job; // warn: "job"
  co_return sum;
}
cppcoro::task<int> cppcoro_load(int key);
cppcoro::task<int> cppcoro_moved() {
  auto task = cppcoro_load(1);
  int sum = co_await std::move(task);
  auto other = std::move(task); // warn: "task"
  sum += co_await std::move(other);
  co_return sum;
}
seastar::future<int> seastar_load(int key);
seastar::future<int> seastar_twice() {
  auto loading = seastar_load(1);
  int sum = co_await std::move(loading);
  sum += co_await std::move(loading); // warn: "loading"
  co_return sum;
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<int> assigned_again(int count) {
  auto task = load(0);
  int sum = co_await std::move(task);
  task = load(1);
  sum += co_await std::move(task);
  for (int i = 0; i < count; ++i) {
    task = load(i);
    sum += co_await std::move(task);
    auto each = load(i);
    sum += co_await std::move(each);
  }
  co_return sum;
}
Deferred<int> one_of_two(bool fast) {
  auto task = load(1);
  if (fast)
    co_return co_await std::move(task);
  use(1);
  co_return 1 + co_await std::move(task);
}
Deferred<> leaves_the_loop(int count) {
  auto task = save(1);
  for (int i = 0; i < count; ++i) {
    if (i == 3) {
      co_await std::move(task);
      co_return;
    }
  }
  co_await std::move(task);
}
Deferred<int> switched(int mode) {
  auto task = load(1);
  switch (mode) {
  case 0:
    co_return co_await std::move(task);
  default:
    break;
  }
  co_return co_await std::move(task) + 1;
}
cppcoro::shared_task<int> config();
cppcoro::task<int> shared() {
  auto shared = config();
  co_return co_await shared + co_await shared; // ok: made for it
}
acme::Started<> many_awaits(acme::Signal &signal, coro::Baton &baton) {
  co_await signal;
  co_await signal; // ok: an event is no task
  co_await baton;
  co_await baton;
}
Deferred<> elements(std::vector<Deferred<>> tasks) {
  for (auto &task : tasks)
    co_await std::move(task);
  for (std::size_t i = 0; i < tasks.size(); ++i)
    co_await std::move(tasks[i]);
}
// Assertion macros that spell a loop which never turns.
bool never();
void check(bool condition);
#define REQUIRE_EQUAL(left, right)                                                                                     \
  do {                                                                                                                 \
    check((left) == (right));                                                                                          \
  } while (never())
Deferred<> asserts() {
  auto task = load(1);
  REQUIRE_EQUAL(co_await std::move(task), 1); // ok
  auto other = load(2);
  REQUIRE_EQUAL(2, co_await std::move(other)); // ok
}
Deferred<> asks_after() {
  auto task = save(1);
  co_await std::move(task);
  if (task.valid()) // ok: only a question
    use(1);
}

namespace mine {
template <class T> T &&mv(T &value) noexcept { return static_cast<T &&>(value); }
} // namespace mine
Deferred<> moved_by_own_name() {
  auto task = save(1);
  co_await mine::mv(task);
  co_await mine::mv(task); // warn: "'task'"
}

#define SAME(expected, actual)                                                                                                                               \
  if ((expected) == (actual))                                                                                                                                \
    ;                                                                                                                                                        \
  else                                                                                                                                                       \
    tells(expected, actual)
void tells(int expected, int actual);
Deferred<> in_a_macro() {
  auto task = load(1);
  SAME(1, co_await std::move(task)); // ok: written once
}
