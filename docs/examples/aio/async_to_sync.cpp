// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A coroutine function for callers that are not coroutines. On a thread whose loop runs, it refuses.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<int> total(int a, int b) {
  co_await sleep(1ms);
  co_return a + b;
}

int main() {
  auto total_now = async_to_sync(total);
  std::printf("%d\n", total_now(1, 2));
  run([&]() -> task<> {
    bool refused = false;
    try {
      total_now(3, 4);
    } catch (const nested_run_error &) {
      refused = true;
    }
    std::printf("refused inside a loop: %d\n", int(refused));
    std::printf("%d\n", co_await total(3, 4));
  });
}

// prints:
// 3
// refused inside a loop: 1
// 7
