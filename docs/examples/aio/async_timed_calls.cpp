// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// async_timed: says when each call starts and how long it took, and records trace spans.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<int> delay_impl(int seconds) {
  co_await sleep(std::chrono::seconds(seconds));
  co_return seconds;
}

int main() {
  auto delay = async_timed("delay", delay_impl);
  run([&]() -> task<> {
    start_trace("/tmp/coroguard-example-trace.json");
    auto both = async_timed("both", [&]() -> task<> { co_await gather(delay(2), delay(3)); });
    co_await both();
    std::printf("%zu spans\n", stop_trace());
  }, {.clock = virtual_clock});
  std::remove("/tmp/coroguard-example-trace.json");
}

// prints:
// starting both
// starting delay
// starting delay
// finished delay in 2.0000 second(s)
// finished delay in 3.0000 second(s)
// finished both in 3.0000 second(s)
// 3 spans
