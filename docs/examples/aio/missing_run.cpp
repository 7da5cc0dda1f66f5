// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// await func() with no run: the task is made, nothing runs it. run() is the entry point.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> program() {
  std::printf("the program\n");
  co_return;
}

int main() {
  set_report_handler([](const report &r) { std::printf("[%s] %s\n", r.rule.c_str(), r.message.c_str()); });
  { auto t = program(); } // wrong: nobody runs it
  run(program());         // right
}

// prints:
// [async-unawaited-task] the task of coroutine 'program' was never awaited
// the program
