// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callbacks run in order; ready tasks may run in any. explore() tries the orders and shrinks the one that fails.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> program() {
  auto &loop = current_loop();
  loop.call_later(2s, [] { std::printf("two seconds\n"); });
  loop.call_later(1s, [] { std::printf("one second\n"); });
  loop.call_soon([] { std::printf("soon\n"); });
  std::jthread other([&] { loop.call_soon_threadsafe([] { std::printf("from a thread\n"); }); });
  other.join();
  co_await sleep(3s);
}

task<> order_bug() { // right only if the writer comes first
  int value = 0;
  auto writer = [&]() -> task<> { value = 1; co_return; };
  auto reader = [&]() -> task<> {
    if (value != 1)
      throw std::logic_error("read before written");
    co_return;
  };
  co_await gather(writer(), reader());
}

int main() {
  run(program(), {.clock = virtual_clock});
  auto found = explore(order_bug, {.seeds = 100, .print = false});
  std::printf("%s; shortest schedule has %zu choice(s)\n", describe(found.error).c_str(), found.schedule.size());
}

// prints:
// soon
// from a thread
// one second
// two seconds
// read before written; shortest schedule has 1 choice(s)
