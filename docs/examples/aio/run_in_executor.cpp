// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run_in_executor: the default pool (nullptr), a thread pool of your own, or processes.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <unistd.h>

long sum_to(int n) {
  long s = 0;
  for (int i = 1; i <= n; ++i)
    s += i;
  return s;
}
int process_id() { return ::getpid(); }

task<> program() {
  thread_pool_executor threads(2);
  process_pool_executor processes(2);
  std::printf("%ld\n", co_await run_in_executor(nullptr, sum_to, 10));
  std::printf("%ld\n", co_await run_in_executor(threads, sum_to, 100));
  std::printf("%ld\n", co_await run_in_executor(processes, sum_to, 1000));
  int there = co_await run_in_executor(processes, process_id);
  std::printf("another process: %s\n", there != ::getpid() ? "yes" : "no");
}

int main() { run(program()); }

// prints:
// 55
// 5050
// 500500
// another process: yes
