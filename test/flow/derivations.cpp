// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locals that refer into members and globals, who changes these, and whether they are used after a suspension.
// RUN: coroguard check -q --dump=derivations %s -- %flags | FileCheck %s
#include "acme.hpp"

#include <map>

acme::Deferred<> step();
void note(int value);

struct AwaitedLock {
  ~AwaitedLock();
};
struct AsyncMutex {
  acme::Deferred<AwaitedLock> lock();
};

struct Table {
  std::vector<int> rows_;
  std::map<int, int> nodes_;
  std::vector<int> fixed_;
  AsyncMutex mutex_;

  void add() {
    rows_.push_back(1);
    nodes_.emplace(1, 1);
  }

  // CHECK-LABEL: coroutine `Table::stale`
  // CHECK-NEXT: `first` {{.*}} refers into `rows_`
  // CHECK-NEXT: changed by `Table::add` {{.*}} `rows_.push_back(1)`
  // CHECK-NEXT: suspended {{.*}} `co_await step()`
  // CHECK-NEXT: used
  // CHECK-NEXT: stale
  acme::Deferred<> stale() {
    int &first = rows_.front();
    co_await step();
    note(first);
  }

  // CHECK-LABEL: coroutine `Table::written`
  // CHECK-NEXT: `first` {{.*}} refers into `rows_`
  // CHECK: used {{.*}} `first`
  // CHECK-NEXT: stale
  acme::Deferred<> written() {
    int &first = rows_.front();
    co_await step();
    first = 1;
  }

  // CHECK-LABEL: coroutine `Table::unpacked`
  // CHECK-NEXT: `at` {{.*}} refers into `nodes_`
  // CHECK-NEXT: changed by nobody
  // CHECK-NOT: `fresh`
  // CHECK: fine
  acme::Deferred<> unpacked() {
    auto [at, fresh] = nodes_.try_emplace(1);
    co_await step();
    note(at->second + fresh);
  }

  // CHECK-LABEL: coroutine `Table::before`
  // CHECK: refers into `rows_`
  // CHECK: fine
  acme::Deferred<> before() {
    int &first = rows_.front();
    note(first);
    co_await step();
  }

  // CHECK-LABEL: coroutine `Table::again`
  // CHECK: refers into `rows_`
  // CHECK: fine
  acme::Deferred<> again() {
    auto at = rows_.begin();
    co_await step();
    at = rows_.begin();
    note(*at);
  }

  // CHECK-LABEL: coroutine `Table::onSomePath`
  // CHECK: stale
  acme::Deferred<> onSomePath(bool renew) {
    auto at = rows_.begin();
    co_await step();
    if (renew)
      at = rows_.begin();
    note(*at);
  }

  // Growing moves no node of a map.
  // CHECK-LABEL: coroutine `Table::nodes`
  // CHECK: refers into `nodes_`
  // CHECK-NEXT: changed by nobody
  // CHECK-NEXT: fine
  acme::Deferred<> nodes() {
    int &one = nodes_.at(1);
    co_await step();
    note(one);
  }

  // CHECK-LABEL: coroutine `Table::unchanged`
  // CHECK: refers into `fixed_`
  // CHECK-NEXT: changed by nobody
  acme::Deferred<> unchanged() {
    int &one = fixed_.front();
    co_await step();
    note(one);
  }

  // CHECK-LABEL: coroutine `Table::loop`
  // CHECK: loop {{.*}} refers into `rows_`
  // CHECK: goes on with its iterator
  // CHECK-NEXT: stale
  acme::Deferred<> loop() {
    for (int row : rows_) {
      note(row);
      co_await step();
    }
  }

  // CHECK-LABEL: coroutine `Table::locked`
  // CHECK: an awaited lock covers both
  // CHECK-NEXT: fine
  acme::Deferred<> locked() {
    auto guard = co_await mutex_.lock();
    int &first = rows_.front();
    co_await step();
    note(first);
  }

  // CHECK-LABEL: coroutine `Table::neverSuspended`
  // CHECK: fine
  acme::Deferred<> neverSuspended() {
    int &first = rows_.front();
    co_await std::suspend_never();
    note(first);
  }
};
