// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results of futures that can be copied: another copy may keep them. The promise's await_transform makes them awaitable.
#include "rill.hpp"

#include <vector>

using rill::Future;

Future<std::vector<int>> servers();

Future<int> counts() {
  const std::vector<int> &all = co_await servers(); // warn: "'all' refers to the result of 'servers'"
  co_return static_cast<int>(all.size());
}
Future<int> held() {
  auto asked = servers();
  const std::vector<int> &all = co_await asked; // ok: the future is still there
  co_return static_cast<int>(all.size());
}
