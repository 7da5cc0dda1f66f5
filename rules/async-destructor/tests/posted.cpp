// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callbacks that the destructor leaves on a loop.
#include "acme.hpp"

#include <memory>
#include <string>

void print(const std::string &text);

class Counter {
public:
  ~Counter() {
    acme::reactor().post([this] { ++count_; }); // warn: "Counter"
  }

private:
  int count_ = 0;
};
class Owner {
public:
  ~Owner() {
    acme::reactor().post([text = text_] { print(*text); }); // ok: takes along what it needs
  }

private:
  std::shared_ptr<std::string> text_;
};
