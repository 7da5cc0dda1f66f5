// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// user = User.objects.aget(pk=1) without await: in C++ the types catch the misuse, and the report the drop.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

struct user {
  int id;
  std::string name;
};
task<user> aget(int id) {
  co_await sleep(1ms);
  co_return user{id, "ann"};
}

task<> program() {
  auto u = aget(1);                    // a task<user>, not a user: u.name would not compile
  (void)u;
  std::printf("%s\n", (co_await aget(2)).name.c_str());
}

int main() {
  set_report_handler([](const report &r) { std::printf("[%s] %s\n", r.rule.c_str(), r.message.c_str()); });
  run(program());
}

// prints:
// ann
// [async-unawaited-task] the task of coroutine 'aget' was never awaited
