// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// create_task: name, done, cancel, cancelled, result, exception, callbacks.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<int> compute(int x) {
  co_await sleep(1s);
  if (x < 0)
    throw std::runtime_error("negative");
  co_return x * x;
}

task<> program() {
  auto good = create_task(compute(5), "good");
  auto bad = create_task(compute(-1), "bad");
  auto slow = create_task(compute(7), "slow");
  good.add_done_callback([](task_handle<int> t) { std::printf("callback of %s\n", t.name().c_str()); });
  std::printf("%s done: %d\n", good.name().c_str(), int(good.done()));
  slow.cancel();
  co_await sleep(2s);
  std::printf("%s done: %d, result %d\n", good.name().c_str(), int(good.done()), good.result());
  std::printf("%s exception: %s\n", bad.name().c_str(), describe(bad.exception()).c_str());
  std::printf("%s cancelled: %d\n", slow.name().c_str(), int(slow.cancelled()));
}

int main() { run(program(), {.clock = virtual_clock}); }

// prints:
// good done: 0
// callback of good
// good done: 1, result 25
// bad exception: negative
// slow cancelled: 1
