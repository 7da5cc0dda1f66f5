// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The loop as an object: run_until_complete, call_soon, current_loop (get_running_loop), close.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<int> work() {
  std::printf("running on %s\n", current_loop().name().c_str());
  co_return 7;
}

int main() {
  event_loop loop({.name = "mine"});
  loop.call_soon([] { std::printf("a callback\n"); });
  std::printf("%d\n", loop.run_until_complete(work()));
  loop.close();
  try {
    loop.call_soon([] {});
  } catch (const loop_closed_error &e) {
    std::printf("error: %s\n", e.what());
  }
  try {
    current_loop();
  } catch (const no_running_loop_error &e) {
    std::printf("error: %s\n", e.what());
  }
}

// prints:
// a callback
// running on mine
// 7
// error: coroguard: mine is closed
// error: coroguard: no event loop is running on this thread; start one with coroguard::run(main())
