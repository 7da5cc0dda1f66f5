// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What becomes of each task: awaited, moved, stored, dropped on some path. Equal conditions are taken alike.
// RUN: coroguard check -q --dump=task-state %s -- %flags | FileCheck %s
#include "acme.hpp"

acme::Deferred<int> work();
void note(int value);

// CHECK-LABEL: coroutine `awaited`
// CHECK-NEXT: task {{.*}} `work()` of type `acme::Deferred<int>`, lazy
// CHECK-NEXT: awaited {{.*}} `co_await work()`
// CHECK-NEXT: consumed
acme::Deferred<> awaited() { co_await work(); }

// CHECK-LABEL: coroutine `discarded`
// CHECK: dropped: discarded, for async-unawaited-task
acme::Deferred<> discarded() {
  work();
  co_return;
}

// CHECK-LABEL: coroutine `held`
// CHECK: `task` {{.*}} queries
// CHECK: dropped: held and never consumed
acme::Deferred<> held() {
  auto task = work();
  if (task.valid())
    note(1);
  co_return;
}

// CHECK-LABEL: coroutine `somePaths`
// CHECK: awaited {{.*}} through `task`
// CHECK: `task` {{.*}} consumes
// CHECK: dropped: not consumed on some path
// CHECK-NEXT: where {{.*}} `ready` is false
acme::Deferred<> somePaths(bool ready) {
  auto task = work();
  if (ready)
    co_await std::move(task);
}

// The task is made and awaited under one condition: there is no way on which it is dropped.
// CHECK-LABEL: coroutine `correlated`
// CHECK: consumed
// CHECK-NOT: dropped
acme::Deferred<> correlated(bool ready) {
  std::optional<acme::Deferred<int>> task;
  if (ready)
    task.emplace(work());
  note(1);
  if (ready)
    co_await std::move(*task);
}

// The condition changes in between, so that it no longer says the same.
// CHECK-LABEL: coroutine `changed`
// CHECK: dropped: not consumed on some path
acme::Deferred<> changed(bool ready) {
  auto task = work();
  if (!ready)
    co_return co_await [](acme::Deferred<int> t) -> acme::Deferred<> { co_await std::move(t); }(std::move(task));
  ready = false;
  if (ready)
    co_await std::move(task);
}

// CHECK-LABEL: coroutine `negated`
// CHECK: consumed
// CHECK-NOT: dropped
acme::Deferred<> negated(bool ready) {
  auto task = work();
  if (ready)
    co_await std::move(task);
  if (!ready)
    co_await std::move(task);
}

// CHECK-LABEL: coroutine `replaced`
// CHECK: `task` {{.*}} replaces
// CHECK: dropped: replaced by another task
// CHECK-NEXT: overwritten
acme::Deferred<> replaced() {
  auto task = work();
  task = work();
  co_await std::move(task);
}

// Each turn awaits the task it has made.
// CHECK-LABEL: coroutine `inLoop`
// CHECK: consumed
// CHECK-NOT: dropped
acme::Deferred<> inLoop() {
  for (int i = 0; i < 3; ++i) {
    auto task = work();
    co_await std::move(task);
  }
}

// CHECK-LABEL: coroutine `leavesLoop`
// CHECK: dropped: not consumed on some path
acme::Deferred<> leavesLoop(bool stop) {
  for (int i = 0; i < 3; ++i) {
    auto task = work();
    if (stop)
      break;
    co_await std::move(task);
  }
}

// CHECK-LABEL: coroutine `moved`
// CHECK: awaited {{.*}} through `first`
// CHECK: consumed
// CHECK-NOT: dropped
acme::Deferred<> moved() {
  auto first = work();
  auto second = std::move(first);
  co_await std::move(second);
}

// CHECK-LABEL: coroutine `released`
// CHECK: `task` {{.*}} released
// CHECK-NOT: dropped
acme::Deferred<> released() {
  auto task = work();
  (void)task;
  co_return;
}

// CHECK-LABEL: function `wraps`
// CHECK: returned {{.*}} `return work()`
// CHECK: consumed
acme::Deferred<int> wraps() { return work(); }

// An exception is no way on which a task is dropped by mistake.
// CHECK-LABEL: coroutine `throws`
// CHECK: consumed
// CHECK-NOT: dropped
acme::Deferred<> throws(bool bad) {
  auto task = work();
  if (bad)
    throw 1;
  co_await std::move(task);
}

// CHECK-LABEL: coroutine `filled`
// CHECK: dropped: in a container that nobody consumes
acme::Deferred<> filled() {
  std::vector<acme::Deferred<int>> tasks;
  tasks.push_back(work());
  co_return;
}
