// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a coroutine runs, and which loops have a way around that never suspends.
// RUN: coroguard check -q --dump=residence %s -- %flags | FileCheck %s --check-prefix=RESIDENCE
// RUN: coroguard check -q --dump=cycles %s -- %flags | FileCheck %s --check-prefix=CYCLES
#include "cppcoro.hpp"

cppcoro::task<> step();
void note(int value);

// RESIDENCE-LABEL: coroutine `stays`
// RESIDENCE-NEXT: `co_await step()` on the loop, stays
// RESIDENCE-NEXT: whoever awaits it stays where it is
cppcoro::task<> stays() { co_await step(); }

// RESIDENCE-LABEL: coroutine `hops`
// RESIDENCE-NEXT: `co_await step()` on the loop, stays
// RESIDENCE-NEXT: `co_await pool.schedule()` on the loop, leaves the loop
// RESIDENCE-NEXT: `co_await step()` may be off the loop, stays
// RESIDENCE-NEXT: whoever awaits it may be off the loop afterwards
cppcoro::task<> hops(cppcoro::static_thread_pool &pool) {
  co_await step();
  co_await pool.schedule();
  co_await step();
}

// CYCLES-LABEL: coroutine `spins`
// CYCLES-NEXT: cycle of {{.*}} ends by {{.*}} `!done`
// CYCLES-NOT: suspends
cppcoro::task<> spins(bool &done) {
  while (!done) {
  }
  co_await step();
}

// CYCLES-LABEL: coroutine `sometimes`
// CYCLES-NEXT: cycle of {{.*}} ends by {{.*}} `busy`
// CYCLES-NEXT: another way through the loop suspends
cppcoro::task<> sometimes(const bool &busy) {
  while (true) {
    if (busy)
      continue;
    co_await step();
  }
}

// CYCLES-LABEL: coroutine `endless`
// CYCLES-NEXT: cycle of {{.*}} never ends
cppcoro::task<> endless() {
  co_await step();
  while (true) {
  }
}

// CYCLES-NOT: `counts`
cppcoro::task<> counts() {
  for (int i = 0; i < 9; ++i)
    note(i);
  co_await step();
}
