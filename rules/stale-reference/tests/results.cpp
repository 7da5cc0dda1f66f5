// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References to results of tasks that are gone at the end of the statement.
#include "cppcoro.hpp"
#include "folly.hpp"

#include <string>
#include <utility>
#include <vector>

using cppcoro::task;

struct Row {
  int id = 0;
};
task<std::vector<Row>> rows();
task<std::pair<int, std::string>> named();
task<Row &> slot();
cppcoro::shared_task<std::vector<Row>> cached();
folly::coro::Task<std::vector<Row>> moved();
void use(int value);

task<int> refers() {
  const auto &all = co_await rows(); // warn: "'all' refers to the result of 'rows', which is destroyed with its task"
  co_return all.front().id;          // note: "used here"
}
task<int> forwards() {
  auto &&all = co_await rows(); // warn: "'all' refers"
  co_return all.front().id;
}
task<int> unpacks() {
  auto &&[id, name] = co_await named(); // warn: "'id' refers"
  co_return id;
}
task<> walks() {
  for (const Row &row : co_await rows()) // warn: "this loop goes over the result of 'rows'"
    use(row.id);
}

// --- silent -----------------------------------------------------------------------------------------------------

task<int> keeps() {
  auto all = co_await rows();
  const auto ready = rows();
  auto held = rows();
  const auto &later = co_await held; // ok: the task is still there
  auto &there = co_await slot();     // ok: a reference is the result
  const auto &never = co_await rows();
  co_return all.front().id + later.front().id + there.id;
}
task<int> shared() {
  const auto &all = co_await cached(); // ok by default: others may keep the result
  co_return all.front().id;
}
folly::coro::Task<int> by_value() {
  const auto &all = co_await moved(); // ok: a value, which the reference keeps
  co_return all.front().id;
}
