// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// shield: our cancellation does not reach what we wait for. Swallowing cancelled_error keeps a task alive against the will of its owner.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> save() {
  co_await sleep(2s);
  std::printf("saved\n");
}

task<> request(task_handle<> saving) {
  try {
    co_await shield(saving);
  } catch (const cancelled_error &) {
    std::printf("the request was cancelled\n");
    throw;
  }
}

task<> program() {
  auto saving = create_task(save());
  auto r = create_task(request(saving));
  co_await sleep(1s);
  r.cancel();
  const std::vector handles{r}; // a list in the awaited expression itself is more than GCC 12 can compile
  co_await wait(handles);
  std::printf("cancelled %d, saving goes on: %d\n", int(r.cancelled()), int(!saving.done()));
  co_await saving;
}

int main() { run(program(), {.clock = virtual_clock}); }

// prints:
// the request was cancelled
// cancelled 1, saving goes on: 1
// saved
