// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// async def + yield: generators that await; aenumerate; closing early runs the cleanup.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

async_generator<int> integers(int limit) {
  bool closed = false;
  try {
    for (int i = 1; i < limit; ++i) {
      co_await sleep(1s);
      co_yield i;
    }
  } catch (const generator_exit &) {
    closed = true;
  }
  if (closed) {
    co_await sleep(1s); // asynchronous cleanup
    std::printf("closed early\n");
  }
}

task<> program() {
  COROGUARD_AWAIT_FOR(int i, integers(3))
    std::printf("%d\n", i);
  COROGUARD_AWAIT_FOR(auto &entry, aenumerate(amap(integers(4), [](int i) { return i * i; }), 1))
    std::printf("%zu: %d\n", entry.first, entry.second);
  auto g = integers(100);
  (void)co_await g.next();
  co_await g.aclose();
}

int main() { run(program(), {.clock = virtual_clock}); }

// prints:
// 1
// 2
// 1: 1
// 2: 4
// 3: 9
// closed early
