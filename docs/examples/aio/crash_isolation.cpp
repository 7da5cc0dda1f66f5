// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A crash in a worker process is an exception here; the pool goes on with a new worker.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <cstdlib>

int crash(int x) {
  if (x == 0)
    std::abort();
  return 100 / x;
}

int main() {
  process_pool_executor pool(2);
  auto bad = pool.submit(crash, 0);
  try {
    bad.result();
  } catch (const broken_process_pool &e) {
    std::printf("worker died of signal %d\n", e.signal());
  }
  std::printf("%d\n", pool.submit(crash, 4).result());
}

// prints:
// worker died of signal 6
// 25
