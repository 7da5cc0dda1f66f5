// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The result of an await is itself a task, or a lock, or a plain value.
#include "acme.hpp"

#include <optional>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<Deferred<int>> prepared(int key);
Deferred<std::vector<Deferred<>>> batch();
Deferred<std::optional<Deferred<>>> next();
Deferred<int> load(int key);
Deferred<> &current();
Deferred<> &&moved();
Deferred<> *pointer();
void print(int value);

Deferred<> drops() {
  co_await prepared(1);                  // warn: "prepared"
  auto inner = co_await prepared(2);     // warn: "prepared"
  co_await batch();                      // warn: "batch"
  auto many = co_await batch();          // warn: "batch"
}
Deferred<> uses() {
  print(co_await co_await prepared(1));
  auto inner = co_await prepared(2);
  print(co_await std::move(inner));
  for (auto &task : co_await batch())
    co_await std::move(task);
  while (auto task = co_await next())
    co_await std::move(*task);
  current(); // ok: a reference to a task that lives elsewhere
  moved();   // ok
  pointer(); // ok
  co_await std::move(current());
  co_await load(1); // ok: a value
}
