// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calling a coroutine gives an object and runs nothing. Dropping it unawaited is reported with its place.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> say(const char *text) {
  std::printf("%s\n", text);
  co_return;
}

task<> program() {
  auto later = say("now it runs");
  std::printf("nothing ran yet\n");
  co_await std::move(later);
  { auto forgotten = say("never"); }
}

int main() {
  set_report_handler([](const report &r) { std::printf("[%s] %s\n", r.rule.c_str(), r.message.c_str()); });
  run(program());
}

// prints:
// nothing ran yet
// now it runs
// [async-unawaited-task] the task of coroutine 'say' was never awaited
