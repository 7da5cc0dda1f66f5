// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads that are let go of run on when the function is over.
#include "acme.hpp"

#include <future>
#include <thread>

void use(int value);

void at_once() {
  int count = 0;
  std::thread([&count] { ++count; }).detach(); // warn: "'count'"
}
void named() {
  int count = 0;
  std::thread worker([&count] { ++count; }); // warn: "'count'"
  worker.detach();
}

// --- silent -----------------------------------------------------------------------------------------------------

void joined() {
  int count = 0;
  std::thread worker([&count] { ++count; });
  worker.join(); // ok
}
void waited_for() {
  int count = 0;
  std::promise<void> done;
  std::thread([&] {
    ++count;
    done.set_value();
  }).detach(); // ok: it says when it is done
  done.get_future().wait();
}
void copied() {
  int count = 0;
  std::thread([count] { use(count); }).detach(); // ok
}

// Futures that leave the function.

std::future<int> returned() {
  int count = 0;
  return std::async(std::launch::async, [&count] { return count; }); // warn: "'count'"
}
std::future<int> named_first() {
  int count = 0;
  auto result = std::async([&count] { return count; }); // warn: "'count'"
  return result;
}
class Counter {
  std::future<void> work_;
  int total_ = 0;

public:
  void start() {
    int count = 0;
    work_ = std::async(std::launch::async, [&count] { use(count); }); // warn: "'count'"
  }
  void start_own() {
    work_ = std::async(std::launch::async, [this] { use(total_); }); // ok: the member's destructor waits
  }
};
int waits_here() {
  int count = 0;
  auto result = std::async(std::launch::async, [&count] { return count; }); // ok
  return result.get();
}
std::future<int> by_value() {
  int count = 0;
  return std::async(std::launch::async, [count] { return count; }); // ok
}
