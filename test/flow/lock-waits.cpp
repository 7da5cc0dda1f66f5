// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which async mutex is waited for while which is held.
// RUN: coroguard check -q --dump=lock-waits %s -- %flags | FileCheck %s
#include "cppcoro.hpp"

using cppcoro::async_mutex;
using cppcoro::task;

async_mutex a, b;

// CHECK-NOT: coroutine `uses_b`
task<> uses_b() { auto lock = co_await b.scoped_lock_async(); }

// CHECK-LABEL: coroutine `nested`
// CHECK-NEXT: `co_await b.lock_async()` waits for `b`, holds `a`, taken {{.*}} `co_await a.scoped_lock_async()`
// CHECK-NOT: waits for
task<> nested() {
  auto lock = co_await a.scoped_lock_async();
  co_await b.lock_async();
  b.unlock();
}

// CHECK-LABEL: coroutine `in_callee`
// CHECK-NEXT: `co_await uses_b()` waits for `b` in `uses_b`, holds `a`
task<> in_callee() {
  co_await a.lock_async();
  co_await uses_b();
  a.unlock();
}

// CHECK-NOT: coroutine `given_back`
task<> given_back() {
  co_await a.lock_async();
  a.unlock();
  co_await uses_b();
}
