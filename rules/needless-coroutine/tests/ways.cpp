// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments that move on, and several results.
#include "acme.hpp"

#include <string>
#include <utility>

using acme::Deferred;
Deferred<int> load(int key);
Deferred<> store(std::string text);
Deferred<> look(const std::string &text);

Deferred<> moved_on(std::string text) { // warn: "moved_on"
  co_await store(std::move(text));
}
Deferred<int> one_or_other(bool first) { // warn: "one_or_other"
  if (first)
    co_return co_await load(1);
  co_return co_await load(2);
}
Deferred<int> through_a_name(int key) { // warn: "through_a_name"
  auto value = co_await load(key);
  co_return value;
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<> copied(std::string text) { co_await look(text); }
Deferred<int> adds_in_one(bool first) {
  if (first)
    co_return co_await load(1) + 1;
  co_return co_await load(2);
}
Deferred<int> asks_first() {
  if (co_await load(0))
    co_return co_await load(1);
  co_return co_await load(2);
}
Deferred<int> named_but_used(int key) {
  auto value = co_await load(key);
  ++value;
  co_return value;
}
