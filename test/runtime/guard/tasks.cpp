// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A program of our own coroutine runtime, not linked with the guard: reports name its loop and the task that blocked.
#include "coroguard/aio.hpp"

#include <unistd.h>

using namespace std::chrono_literals;

coroguard::task<> careless() {
  co_await coroguard::sleep(2ms);
  usleep(60'000);
  co_await coroguard::sleep(2ms);
}
coroguard::task<> program() {
  auto handle = coroguard::create_task(careless(), "fetcher");
  for (int i = 0; i < 6; ++i)
    co_await coroguard::sleep(2ms);
  co_await handle;
}

int main() { coroguard::run(program()); }
