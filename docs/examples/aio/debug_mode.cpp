// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Debug mode: deadlocks with their wait graph, the tree of tasks, and more, as reports with the rule ids of the checker.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

task<> grab(mutex &first, mutex &second) {
  auto a = co_await first.scoped_lock();
  co_await sleep(1s);
  auto b = co_await second.scoped_lock();
}

task<> program() {
  mutex x, y;
  auto left = create_task(grab(x, y), "left");
  auto right = create_task(grab(y, x), "right");
  co_await left;
  co_await right;
}

int main() {
  try {
    run(program(), {.clock = virtual_clock});
  } catch (const deadlock_error &e) {
    std::string text = e.what();
    std::printf("%s\n", text.substr(0, text.find('\n')).c_str());
    std::printf("%s\n", text.substr(text.rfind("cycle")).c_str());
  }
}

// prints:
// deadlock: nothing can wake these 3 tasks
// cycle: 'left' -> 'right' -> 'left'
