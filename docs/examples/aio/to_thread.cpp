// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// to_thread: a blocking function on another thread, while the loop goes on.
#include "coroguard/aio.hpp"

#include <cstdio>
#include <string>

using namespace coroguard;
using namespace std::chrono_literals;

#include <thread>

std::string read_slowly(std::string name) {
  std::this_thread::sleep_for(30ms);
  return "contents of " + name;
}

task<> program() {
  auto reading = to_thread(read_slowly, "notes.txt");
  int turns = 0;
  while (!reading.done()) {
    ++turns;
    co_await sleep(5ms);
  }
  std::printf("%s\n", (co_await reading).c_str());
  std::printf("the loop went on: %s\n", turns > 2 ? "yes" : "no");
}

int main() { run(program()); }

// prints:
// contents of notes.txt
// the loop went on: yes
