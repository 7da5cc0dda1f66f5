// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// to_thread: a blocking function on another thread, while the loop goes on.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <atomic>

std::atomic<int> turns = 0;

std::string read_slowly(std::string name) { // blocks its thread until the loop has made three turns
  for (int seen; (seen = turns) < 3;)
    turns.wait(seen);
  return "contents of " + name;
}

task<> program() {
  auto reading = to_thread(read_slowly, "notes.txt");
  while (!reading.done()) {
    ++turns;
    turns.notify_one();
    co_await sleep(1ms);
  }
  std::printf("%s\n", (co_await reading).c_str());
  std::printf("the loop went on: %s\n", turns >= 3 ? "yes" : "no");
}

int main() { run(program()); }

// prints:
// contents of notes.txt
// the loop went on: yes
