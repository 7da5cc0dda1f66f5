// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// future and promise: a result that somebody sets later. Any number of tasks may await it.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> waiter(const char *name, future<int> f) {
  std::printf("%s got %d\n", name, co_await f);
}

task<> program() {
  promise<int> p;
  auto f = p.get_future();
  auto a = create_task(waiter("a", f)), b = create_task(waiter("b", f));
  std::printf("done: %d\n", int(f.done()));
  try {
    (void)f.result();
  } catch (const invalid_state_error &e) {
    std::printf("error: %s\n", e.what());
  }
  co_await sleep(1s);
  p.set_result(42);
  co_await gather(a, b);
  std::printf("done: %d, result %d\n", int(f.done()), f.result());
  try {
    p.set_result(43);
  } catch (const invalid_state_error &e) {
    std::printf("error: %s\n", e.what());
  }
}

int main() { run(program(), {.clock = virtual_clock}); }

// prints:
// done: 0
// error: coroguard: the result of this future is not ready
// a got 42
// b got 42
// done: 1, result 42
// error: coroguard: this future is already done
