// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// await sync_func(): make the blocking function awaitable; it runs on another thread.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <latch>

std::latch all_here(3);

int load_user(int id) { // some blocking client library
  all_here.arrive_and_wait(); // shows that three calls run at the same time
  return id;
}

task<> program() {
  auto load = sync_to_async(load_user);
  auto [a, b, c] = co_await gather(load(1), load(2), load(3));
  std::printf("%d %d %d\n", a, b, c);
}

int main() { run(program()); }

// prints:
// 1 2 3
