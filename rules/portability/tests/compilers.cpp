// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code that is right and that some compilers turn into something wrong.
#include "acme.hpp"

#include <cassert>
#include <string>
#include <tuple>
#include <utility>

using acme::Deferred;

Deferred<std::pair<int, std::string>> pair(int key);
Deferred<int> load(int key);
Deferred<std::string> name(std::string prefix);
void use(int value);

Deferred<int> bindings() {
  auto [number, text] = co_await pair(1);   // warn: "structured binding"
  auto result = co_await pair(2);
  auto &[again, more] = result;             // ok: bound to a variable
  auto &&[kept, longer] = co_await pair(3); // ok: a reference
  (void)kept;
  co_return number + again;
}
Deferred<int> conditional(bool fast) {
  int value = fast ? co_await load(1) : co_await load(2); // warn: "conditional"
  co_return value;
}
Deferred<int> fine(bool fast) {
  int value = 0;
  if (fast)
    value = co_await load(1);
  else
    value = co_await load(2);
  co_return value;
}

Deferred<int> send(const std::string &request);
std::string request();
Deferred<int> operand(bool fast, const std::string &made) {
  int value = co_await (fast ? send(request()) : send(std::string("x"))); // warn: "the operand of this co_await is a conditional expression with temporaries"
  value += co_await (fast ? send(made) : send(made)); // ok: no temporaries
  value += co_await load(fast ? 1 : 2);               // ok
  co_return value;
}
