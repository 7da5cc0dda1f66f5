// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that go through function objects and operators.
#include "acme.hpp"

#include <string>
#include <utility>
#include <vector>

using acme::Deferred;
Deferred<> save(const std::string &text);
Deferred<> save(const std::string &text) {
  co_await acme::GiveWay{};
  (void)text.size();
}
struct Named {
  template <class T> Deferred<T> operator()(const char *, Deferred<T> work) const { return work; }
};
inline constexpr Named named{};
Deferred<> operator&&(Deferred<> first, Deferred<> second);

void by_a_function_object(std::vector<Deferred<>> &all, int key) {
  all.push_back(named("save", save("k" + std::to_string(key)))); // warn: "a temporary"
}
Deferred<> by_an_operator(int key) {
  auto both = save("a" + std::to_string(key)) && save(std::to_string(key)); // warn: "a temporary" warn: "a temporary"
  co_await acme::GiveWay{};
  co_await std::move(both);
}

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<> in_one_expression(int key) {
  co_await named("save", save("k" + std::to_string(key)));                     // ok
  co_await (save("a" + std::to_string(key)) && save("b" + std::to_string(key))); // ok
}
