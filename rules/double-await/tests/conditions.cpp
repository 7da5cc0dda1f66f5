// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A condition that awaits the task asks its value, and not whether it is still there.
#include "acme.hpp"

using acme::Deferred;

Deferred<int> load();

Deferred<int> in_branch() {
  auto task = load();
  if (co_await std::move(task) > 3)
    co_return co_await std::move(task); // warn: "task"
  co_return 0;
}
Deferred<int> retried(int turns) {
  auto task = load();
  while (turns-- > 0)
    if (co_await std::move(task) == 200) // warn: "task"
      co_return 1;
  co_return 0;
}
Deferred<int> asked_first() {
  auto task = load();
  int value = co_await std::move(task);
  if (task.valid())
    value += co_await std::move(task); // ok: it was asked
  co_return value;
}
Deferred<int> either(bool now) {
  auto task = load();
  if (now && co_await std::move(task) > 3)
    co_return 1;
  task = load();
  co_return co_await std::move(task); // ok: another one
}
Deferred<int> again_after_failure() {
  auto task = load();
  for (int i = 0; i < 3; ++i) {
    try {
      co_return co_await std::move(task); // warn: "task"
    } catch (...) {
    }
  }
  co_return -1;
}
Deferred<int> made_again_after_failure() {
  auto task = load();
  for (int i = 0; i < 3; ++i) {
    try {
      co_return co_await std::move(task); // ok
    } catch (...) {
      task = load();
    }
  }
  co_return -1;
}
Deferred<int> not_after_failure(bool failed) {
  auto task = load();
  for (int i = 0; i < 3 && !failed; ++i) {
    try {
      co_return co_await std::move(task); // ok
    } catch (...) {
      failed = true;
    }
  }
  co_return -1;
}
