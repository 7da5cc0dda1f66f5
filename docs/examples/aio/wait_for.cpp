// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// wait_for cancels what takes too long; timeout() puts a deadline on a block.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> slow() {
  try {
    co_await sleep(10s);
  } catch (const cancelled_error &) {
    std::printf("slow was cancelled\n");
    throw; // do not swallow it
  }
}

task<> program() {
  try {
    co_await wait_for(slow(), 1s);
  } catch (const timeout_error &e) {
    std::printf("wait_for: %s\n", e.what());
  }
  try {
    co_await timeout(2s, [](timeout_scope &t) -> task<> {
      co_await sleep(1s);
      t.reschedule(now() + 5s);
      co_await sleep(4s);
      std::printf("still in time\n");
      co_await sleep(4s);
    });
  } catch (const timeout_error &) {
    std::printf("the block timed out\n");
  }
}

int main() { run(program(), {.clock = virtual_clock}); }

// prints:
// slow was cancelled
// wait_for: timed out
// still in time
// the block timed out
