// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Awaits in the captures of lambdas.
#include "acme.hpp"

#include <functional>
#include <string>

using acme::Deferred;
Deferred<std::string> name(int key);
void keep(std::function<int()> job);

Deferred<> in_a_capture() {
  keep([text = co_await name(1)] { return static_cast<int>(text.size()); }); // warn: "capture of a lambda"
}
Deferred<> of_a_variable() {
  auto text = co_await name(1);
  keep([text] { return static_cast<int>(text.size()); }); // ok
}
