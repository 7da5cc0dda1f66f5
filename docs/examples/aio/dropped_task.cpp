// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pending task destroyed with its loop, and an exception nobody looked at: both are reported.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> wait_for_ever() { co_await sleep(1000h); }
task<> fail() {
  throw std::runtime_error("nobody looks");
  co_return;
}

int main() {
  set_report_handler([](const report &r) { std::printf("[%s] %s\n", r.rule.c_str(), r.message.c_str()); });
  event_loop loop;
  loop.create_task(wait_for_ever(), "waiter");
  loop.create_task(fail(), "failing");
  loop.run_until_complete([]() -> task<> { co_await sleep(1ms); }());
  loop.close();
}

// prints:
// [async-unobserved-exception] the exception of task 'failing' was never retrieved: nobody looks
// [async-unawaited-task] task 'waiter' was destroyed while it was pending; it waited for sleep
