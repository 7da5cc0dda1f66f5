// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A future that only its promise's await_transform makes awaitable is still there to be awaited.
#include "rill.hpp"

using rill::Future;
using rill::Loose;
using rill::Void;

Future<Void> changed(int key);
Loose logs(int key);

Future<Void> forgets(int key) {
  changed(key);          // warn: "changed"
  co_await changed(key); // ok
  logs(key);             // ok
  co_return Void{};
}
Future<Void> saved(int key);
bool leaves_early();
Future<Void> watches(int key) {
  Future<Void> watching = changed(key); // ok by default: a copy may be elsewhere, and it ends with its last one
  co_await saved(key);
  if (leaves_early())
    co_return Void{};
  co_await watching;
  co_return Void{};
}
