// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run() inside a running loop is an error that names both loops. Inside, co_await instead.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<int> answer() { co_return 42; }

task<> program() {
  try {
    std::printf("%d\n", run(answer(), {.name = "inner"}));
  } catch (const nested_run_error &e) {
    std::printf("error: %s\n", e.what());
  }
  std::printf("%d\n", co_await answer()); // right
}

int main() { run(program(), {.name = "outer"}); }

// prints:
// error: coroguard: run() cannot start loop 'inner' here: outer is already running on this thread; use co_await (or create_task) instead of run()
// 42
