// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// asyncio.run(main()): run() makes a loop, runs the coroutine to its end, and gives its result.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<std::string> greet(std::string name) {
  co_await sleep(10ms);
  co_return "hello, " + name;
}

task<int> program() {
  std::string text = co_await greet("world");
  std::printf("%s\n", text.c_str());
  co_return 42;
}

int main() {
  int result = run(program());
  std::printf("result %d\n", result);
}

// prints:
// hello, world
// result 42
