// flags: -std=c++23 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Deducing this: a closure taken by value moves into the frame, one taken by reference does not.
#include "acme.hpp"

#include <utility>

using acme::Deferred;
Deferred<> save(int key);

Deferred<> kept(int key) {
  auto a = [key](this auto) -> Deferred<> { co_await save(key); }();        // ok
  auto b = [key](this auto self) -> Deferred<> { co_await save(key); }();   // ok
  auto c = [key](this auto &&self) -> Deferred<> { co_await save(key); }(); // warn: "key"
  auto d = [key](this const auto &self) -> Deferred<> { co_await save(key); }(); // warn: "key"
  co_await std::move(a);
  co_await std::move(b);
  co_await std::move(c);
  co_await std::move(d);
}
