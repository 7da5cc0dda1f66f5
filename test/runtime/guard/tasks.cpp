// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs of our own coroutine runtime, not linked with the guard: reports name its loop and the task that blocks or computes.
#include "coroguard/aio.hpp"

#include <string_view>
#include <time.h>
#include <unistd.h>

using namespace std::chrono_literals;

static double cpu_seconds() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}
[[gnu::noinline]] static void compute(double seconds) {
  for (double end = cpu_seconds() + seconds; cpu_seconds() < end;)
    ;
}

coroguard::task<> careless() {
  co_await coroguard::sleep(2ms);
  usleep(60'000);
  co_await coroguard::sleep(2ms);
}
coroguard::task<> busy() {
  compute(0.06);
  co_return;
}
coroguard::task<> polite() {
  for (int i = 0; i < 600; ++i) {
    compute(0.0002);
    co_await coroguard::yield_now();
  }
}

coroguard::task<> blocks() {
  auto handle = coroguard::create_task(careless(), "fetcher");
  for (int i = 0; i < 6; ++i)
    co_await coroguard::sleep(2ms);
  co_await handle;
}
/// In the first turn of the loop, before it has ever waited.
coroguard::task<> computes() { co_await coroguard::create_task(busy(), "cruncher"); }
/// For far longer than the threshold, but nobody has to wait for it.
coroguard::task<> yields() {
  auto other = coroguard::create_task(polite());
  co_await polite();
  co_await other;
}
coroguard::task<> nothing() { co_return; }

int main(int argc, char **argv) {
  const std::string_view kind = argc > 1 ? argv[1] : "blocks";
  if (kind == "computes")
    coroguard::run(computes());
  if (kind == "yields")
    coroguard::run(yields());
  if (kind == "last of many")
    for (int i = 0; i < 600; ++i)
      coroguard::run(nothing());
  if (kind == "blocks" || kind == "last of many")
    coroguard::run(blocks());
}
