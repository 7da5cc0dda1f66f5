// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task consumed on some paths only: the finding is where the task is created.
#include "acme.hpp"

#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);
Deferred<int> load(int key);
void print(int value);
bool ready();
void must(bool condition);

Deferred<> only_if(bool wanted) {
  auto task = save(1); // warn: "save"
  if (wanted)
    co_await std::move(task);
}

Deferred<> early_return(bool closed) {
  auto task = save(1); // warn: "save"
  if (closed)
    co_return;
  co_await std::move(task);
}

Deferred<int> early_value(int key) {
  auto task = load(key); // warn: "load"
  if (key < 0)
    co_return -1;
  co_return co_await std::move(task);
}

Deferred<> missing_case(int mode) {
  auto task = save(1); // warn: "save"
  switch (mode) {
  case 0:
    co_await std::move(task);
    break;
  case 1:
    print(1);
    break;
  default:
    co_await std::move(task);
  }
}

Deferred<> break_before(std::vector<int> keys) {
  for (int key : keys) {
    auto task = save(key); // warn: "save"
    if (key == 0)
      break;
    co_await std::move(task);
  }
}

Deferred<> continue_before(std::vector<int> keys) {
  for (int key : keys) {
    auto task = save(key); // warn: "save"
    if (key % 2)
      continue;
    co_await std::move(task);
  }
}

Deferred<> short_circuit(bool wanted) {
  auto task = load(1); // warn: "load"
  if (wanted && co_await std::move(task) > 0)
    print(1);
}

Deferred<> else_forgotten(bool fast) {
  auto slow = load(1); // warn: "load"
  auto quick = load(2);
  if (fast)
    print(co_await std::move(quick));
  else
    print(co_await std::move(quick) + co_await std::move(slow));
}

Deferred<> plain_function_spawns(bool wanted) {
  auto task = save(1); // warn: "save"
  if (wanted)
    acme::launch(std::move(task));
  co_return;
}

Deferred<> unrelated_conditions(bool a, bool b) {
  auto task = save(1); // warn: "save"
  if (a)
    co_await std::move(task);
  else if (b)
    print(1);
}

// --- consumed on every path, or on every path that matters ---------------------------------------------------------

Deferred<> both_branches(bool wanted) {
  auto task = save(1); // ok
  if (wanted)
    co_await std::move(task);
  else
    acme::launch(std::move(task));
}

Deferred<> same_predicate(const bool wanted) {
  std::optional<Deferred<>> task;
  if (wanted)
    task = save(1); // ok: consumed under the same predicate
  print(1);
  if (wanted)
    co_await std::move(*task);
}

Deferred<> same_predicate_again(const bool wanted) {
  auto task = save(1);
  if (!wanted) {
    acme::launch(std::move(task)); // ok
  }
  print(1);
  if (wanted)
    co_await std::move(task);
}

Deferred<> asked_before(int mode) {
  std::optional<Deferred<>> task;
  if (mode > 3)
    task = save(mode); // ok: `if (task)` is the same predicate
  if (task)
    co_await std::move(*task);
}

Deferred<> asked_by_has_value(bool wanted) {
  std::optional<Deferred<>> task;
  if (wanted)
    task.emplace(save(1)); // ok
  if (task.has_value())
    co_await std::move(task.value());
}

Deferred<> thrown_past(int key) {
  auto task = save(key); // ok: only an exception goes past it
  if (key < 0)
    throw std::invalid_argument("key");
  must(key != 7);
  co_await std::move(task);
}

Deferred<> caught(int key) {
  auto task = save(key); // ok
  try {
    must(key > 0);
    co_await std::move(task);
  } catch (const std::exception &) {
    print(key);
  }
}

[[noreturn]] void die();
Deferred<> dead_end(bool broken) {
  auto task = save(1); // ok: the other path does not return
  if (broken)
    die();
  co_await std::move(task);
}

Deferred<int> loop_until_done() {
  auto task = load(1); // ok
  while (true) {
    if (ready())
      co_return co_await std::move(task);
    co_await acme::GiveWay{};
  }
}

Deferred<int> switch_full(int mode) {
  auto task = load(mode); // ok
  switch (mode) {
  case 0:
    co_return co_await std::move(task);
  case 1:
    print(1);
    [[fallthrough]];
  default:
    co_return 1 + co_await std::move(task);
  }
}

Deferred<> jumps(bool again) {
  auto task = save(1); // ok
  if (again)
    goto end;
  print(1);
end:
  co_await std::move(task);
}

Deferred<int> either(bool wanted) {
  auto task = load(1); // ok
  co_return wanted ? co_await std::move(task) : co_await std::move(task) + 1;
}

// What a macro of a test library brings along is its way to write a block, not a branch.
namespace testing {
inline bool AlwaysTrue() { return true; }
} // namespace testing
#define EXPECT_FAILURE(statement)                                                                                      \
  if (bool caught = false; true) {                                                                                     \
    try {                                                                                                              \
      if (testing::AlwaysTrue()) {                                                                                     \
        statement;                                                                                                     \
      }                                                                                                                \
    } catch (...) {                                                                                                    \
      caught = true;                                                                                                   \
    }                                                                                                                  \
    must(caught);                                                                                                      \
  }
#define RETURN_UNLESS(condition)                                                                                       \
  if (!(condition))                                                                                                    \
  co_return
Deferred<> in_macro() {
  auto task = save(1); // ok
  EXPECT_FAILURE((void)co_await std::move(task))
}
Deferred<> left_by_macro(bool open) {
  auto task = save(1); // warn: "save"
  RETURN_UNLESS(open);
  co_await std::move(task);
}

/// Each turn but the last overwrites a task, whatever is looked at afterwards.
Deferred<> overwritten_in_loop(std::vector<int> keys) {
  Deferred<> last = save(0); // warn: "overwritten"
  for (int key : keys) {
    last = save(key); // warn: "'last' holds, returned by 'save', is overwritten"
    if (key > 10)
      print(key);
  }
  co_await std::move(last);
}

// Loops that turn at least once.

Deferred<int> in_first_turn() {
  auto task = load(1); // ok
  for (int i = 0; i < 3; ++i)
    if (co_await std::move(task) > 0)
      co_return 1;
  co_return 0;
}
Deferred<int> in_some_turn(int turns) {
  auto task = load(2); // warn: "load"
  for (int i = 0; i < turns; ++i)
    if (co_await std::move(task) > 0)
      co_return 1;
  co_return 0;
}
Deferred<int> in_no_turn(bool first) {
  auto task = load(3); // warn: "load"
  for (int i = 0; i < 3; ++i)
    if (first)
      co_return co_await std::move(task);
  co_return 0;
}
