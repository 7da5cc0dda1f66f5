// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// gather: results in the order of the arguments, whatever finishes first; failures as values with return_exceptions.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<int> delay(int seconds) {
  co_await sleep(std::chrono::seconds(seconds));
  if (seconds == 13)
    throw std::runtime_error("unlucky");
  std::printf("%d s are over\n", seconds);
  co_return seconds;
}

task<> program() {
  auto [a, b, c] = co_await gather(delay(3), delay(1), delay(2));
  std::printf("in order: %d %d %d\n", a, b, c);
  try {
    co_await gather(delay(13), delay(14));
  } catch (const std::runtime_error &e) {
    std::printf("first failure: %s\n", e.what());
  }
  auto [good, bad] = co_await gather(return_exceptions, delay(4), delay(13));
  std::printf("value %d, exception '%s'\n", good.value(), describe(bad.exception()).c_str());
}

int main() { run(program(), {.clock = virtual_clock}); }

// prints:
// 1 s are over
// 2 s are over
// 3 s are over
// in order: 3 1 2
// first failure: unlucky
// 14 s are over
// 4 s are over
// value 4, exception 'unlucky'
