// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// sleep(d) suspends the task only; sleep(0) lets the others have a turn.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> count(const char *name) {
  for (int i = 1; i <= 3; ++i) {
    std::printf("%s%d ", name, i);
    co_await sleep(0);
  }
}

task<> program() {
  co_await gather(count("a"), count("b"));
  std::printf("\n");
  auto t0 = now();
  co_await gather(sleep(2s), sleep(3s));
  std::printf("slept %lld s\n", static_cast<long long>(std::chrono::round<std::chrono::seconds>(now() - t0).count()));
}

int main() { run(program(), {.clock = virtual_clock}); }

// prints:
// a1 b1 a2 b2 a3 b3
// slept 3 s
