// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines, tasks, futures, and anything with operator co_await.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

struct countdown { // an awaitable of our own
  int n;
  task<int> run() const {
    for (int i = n; i > 0; --i)
      co_await yield_now();
    co_return n;
  }
  auto operator co_await() const { return run().operator co_await(); }
};
static_assert(awaitable<task<int>> && awaitable<task_handle<int>> && awaitable<future<int>> && awaitable<countdown>);
static_assert(!awaitable<int>);

task<int> coroutine() { co_return 1; }

task<> program() {
  promise<int> p;
  p.set_value(3);
  std::printf("%d ", co_await coroutine());
  std::printf("%d ", co_await create_task([]() -> task<int> { co_return 2; }()));
  std::printf("%d ", co_await p.get_future());
  std::printf("%d\n", co_await countdown{4});
}

int main() { run(program()); }

// prints:
// 1 2 3 4
