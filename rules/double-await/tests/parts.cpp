// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Parts of objects, what an owner has, and ways over a handler.
#include "acme.hpp"

#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

using acme::Deferred;
Deferred<int> load(int key);
bool again();

struct Both {
  Deferred<int> left, right;
};

Deferred<int> a_field() {
  Both both{load(1), load(2)};
  int sum = co_await std::move(both.left);
  sum += co_await std::move(both.left); // warn: "both.left"
  co_return sum + co_await std::move(both.right);
}
Deferred<int> in_an_optional() {
  std::optional<Deferred<int>> task = load(1);
  int sum = co_await std::move(*task);
  if (again())
    sum += co_await std::move(*task); // warn: "*task"
  co_return sum;
}
Deferred<int> after_a_catch() {
  auto task = load(1);
  try {
    co_return co_await std::move(task);
  } catch (const std::runtime_error &) {
  }
  co_return co_await std::move(task); // warn: "task"
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<int> both_fields() {
  Both both{load(1), load(2)};
  const int left = co_await std::move(both.left);
  co_return left + co_await std::move(both.right);
}
Deferred<int> filled_again() {
  std::optional<Deferred<int>> task = load(1);
  int sum = co_await std::move(*task);
  task = load(2);
  sum += co_await std::move(*task); // ok
  task.emplace(load(3));
  co_return sum + co_await std::move(task.value()); // ok
}
Deferred<int> asked_first(bool early) {
  std::optional<Deferred<int>> task = load(1);
  int sum = 0;
  if (early) {
    sum = co_await std::move(*task);
    task.reset();
  }
  if (task)
    sum += co_await std::move(*task); // ok
  co_return sum;
}
Deferred<int> made_in_the_catch() {
  auto task = load(1);
  bool failed = false;
  try {
    co_return co_await std::move(task);
  } catch (const std::runtime_error &) {
    failed = true;
  }
  if (failed)
    task = load(2);
  co_return co_await std::move(task); // ok
}
Deferred<int> swapped() {
  auto one = load(1);
  auto other = load(2);
  const int sum = co_await std::move(one);
  std::swap(one, other);
  co_return sum + co_await std::move(one); // ok: it is the other one now
}
