// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handles whose base class joins or stops.
#include "acme.hpp"

#include <functional>
#include <thread>

class Joining {
public:
  Joining() = default;
  Joining(Joining &&) = default;
  ~Joining() {
    if (thread_.joinable())
      thread_.join();
  }

private:
  std::thread thread_;
};
class Worker : public Joining {};
class Counted {
public:
  ~Counted() { ++ended; }
  static inline int ended = 0;
};
class Ticket : public Counted {};

Worker begin(std::function<void()> work);
Ticket enqueue(std::function<void()> work);
void work();

void dropped() {
  begin([] { work(); }); // warn: "begin"
}
void kept() {
  auto worker = begin([] { work(); }); // ok
}
void no_handle() {
  enqueue([] { work(); }); // ok
}
