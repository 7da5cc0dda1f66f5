// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a task keeps of the arguments, object or closure it was made with, where it goes, and what is gone by then.
// RUN: coroguard check -q --dump=borrows %s -- %flags | FileCheck %s
#include "acme.hpp"

#include <string_view>

void note(std::string_view text);
acme::Deferred<> step();

acme::Deferred<> readsLate(const std::string &text) {
  co_await step();
  note(text);
}
acme::Deferred<> readsNever(const std::string &) { co_await step(); }
acme::Started<> readsAtOnce(const std::string &text) {
  note(text);
  co_await step();
}
acme::Deferred<> wrapper(std::string_view text) { return readsLate(std::string(text)); }
acme::Deferred<> handsOn(const std::string &text) { return readsLate(text); }

// Awaited in the full expression: the temporary lives as long.
// CHECK-LABEL: coroutine `inExpression`
// CHECK: call {{.*}} `readsLate("x")`
// CHECK-NEXT: `text` keeps temporary: yes
// CHECK-NEXT: the task is awaited
// CHECK-NOT: dangling
acme::Deferred<> inExpression() { co_await readsLate("x"); }

// CHECK-LABEL: coroutine `afterExpression`
// CHECK: `text` keeps temporary: yes
// CHECK: the task is awaited {{.*}} through `task`
// CHECK: dangling argument {{.*}} `readsLate("x")`: temporary
acme::Deferred<> afterExpression() {
  auto task = readsLate("x");
  co_await std::move(task);
}

// CHECK-LABEL: coroutine `notKept`
// CHECK: `readsNever("x")`
// CHECK: keeps temporary: no
// CHECK: `readsAtOnce("x")`
// CHECK: keeps temporary: no
// CHECK-NOT: dangling
acme::Deferred<> notKept() {
  auto never = readsNever("x");
  auto once = readsAtOnce("x");
  co_await std::move(never);
  co_await once;
}

// A function that only returns a task keeps what the coroutine behind it keeps.
// CHECK-LABEL: function `throughWrapper`
// CHECK: call {{.*}} `handsOn(local)`
// CHECK-NEXT: `text` keeps local `local`: yes
// CHECK-NEXT: the task is returned
// CHECK: dangling argument `local`
acme::Deferred<> throughWrapper() {
  std::string local = "x";
  return handsOn(local);
}

// CHECK-LABEL: function `spawned`
// CHECK: the task is detached
// CHECK: dangling argument `local` of {{.*}}: local `local`, the task is detached
void spawned() {
  std::string local = "x";
  acme::launch(readsLate(local));
}

std::string lasting = "x";
// CHECK-LABEL: function `ofLasting`
// CHECK: `text` keeps lasting `lasting`: yes
// CHECK-NOT: dangling
void ofLasting() { acme::launch(readsLate(lasting)); }

// CHECK-LABEL: function `closure`
// CHECK: keeps its object
// CHECK: dangling closure
acme::Deferred<> closure(int value) {
  return [value]() -> acme::Deferred<> {
    co_await step();
    note(std::string(value, 'x'));
  }();
}

struct Session {
  std::string name_;
  acme::Deferred<> run() {
    co_await step();
    note(name_);
  }
  // A member outlives the call as far as anybody can see.
  // CHECK-LABEL: function `Session::start`
  // CHECK: call {{.*}} `run()`
  // CHECK-NEXT: keeps its object: yes
  // CHECK-NOT: dangling
  void start() { acme::launch(run()); }
};

// CHECK-LABEL: function `temporaryObject`
// CHECK: dangling argument {{.*}}: temporary
void temporaryObject() { acme::launch(Session{"x"}.run()); }
