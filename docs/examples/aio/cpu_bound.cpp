// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// CPU-bound coroutines stay serial: without a suspension nobody else runs. A yield lets others in; a pool runs them side by side.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

long heavy(int n) {
  long s = 0;
  for (int i = 0; i < n; ++i)
    s = (s * 31 + i) % 1'000'003;
  return s;
}

task<> selfish(const char *name) {
  for (int i = 0; i < 2; ++i) {
    heavy(10'000);
    std::printf("%s%d ", name, i);
  }
  co_return;
}
task<> fair(const char *name) {
  for (int i = 0; i < 2; ++i) {
    heavy(10'000);
    std::printf("%s%d ", name, i);
    co_await yield_now();
  }
}

task<> program() {
  co_await gather(selfish("a"), selfish("b"));
  std::printf("(one after the other)\n");
  co_await gather(fair("a"), fair("b"));
  std::printf("(in turns)\n");
  auto [x, y] = co_await gather(to_thread(heavy, 1'000'000), to_thread(heavy, 1'000'000));
  std::printf("on threads: %d\n", int(x == y));
}

int main() { run(program()); }

// prints:
// a0 a1 b0 b1 (one after the other)
// a0 b0 a1 b1 (in turns)
// on threads: 1
