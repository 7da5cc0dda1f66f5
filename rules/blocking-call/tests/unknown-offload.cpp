// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// An unknown library whose names say what they do: its pools and background threads end the context.
#include "tidal.hpp"

#include <thread>
#include <unistd.h>

using namespace std::chrono_literals;
using tidal::task;

void hash() { usleep(10); }

task<> on_the_pool(tidal::thread_pool &pool) {
  usleep(1); // warn: "usleep"
  co_await pool.schedule();
  usleep(2); // ok: on a pool thread
  hash();    // ok
}
task<> in_the_background() {
  hash(); // warn: "hash"
  co_await tidal::resume_background();
  hash(); // ok
}
task<int> in_a_thread() {
  int value = co_await tidal::run_in_thread([] {
    hash(); // ok: called on a thread
    return 1;
  });
  co_return value;
}
task<> back_again(tidal::thread_pool &pool, tidal::event_loop &loop) {
  co_await pool.schedule();
  hash(); // ok
  co_await loop.schedule();
  hash(); // warn: "hash"
}
task<> on_the_loop(tidal::event_loop &loop) {
  co_await loop.schedule();
  hash(); // warn: "hash"
}
task<> calls_helper(tidal::thread_pool &pool) {
  co_await on_the_pool(pool);
  hash(); // ok: resumed by the helper, on the pool thread where that ended
}
