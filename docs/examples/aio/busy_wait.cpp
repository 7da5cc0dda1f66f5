// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// while not task.done(): sleep(1) works; awaiting the task is shorter, and done on time.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<int> work() {
  co_await sleep(2500ms);
  co_return 1;
}
long long elapsed_ms(time_point t0) { return std::chrono::duration_cast<std::chrono::milliseconds>(now() - t0).count(); }

task<> program() {
  auto t0 = now();
  auto polled = create_task(work());
  while (!polled.done())
    co_await sleep(1s);
  std::printf("polling noticed after %lld ms\n", elapsed_ms(t0));
  t0 = now();
  co_await create_task(work());
  std::printf("awaiting noticed after %lld ms\n", elapsed_ms(t0));
}

int main() { run(program(), {.clock = virtual_clock}); }

// prints:
// polling noticed after 3000 ms
// awaiting noticed after 2500 ms
