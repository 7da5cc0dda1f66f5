// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Algorithms copy the closure they are given, and are done before the tasks it made are.
#include "acme.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);

Deferred<> all(std::vector<int> keys, int base) {
  std::vector<Deferred<>> tasks;
  std::transform(keys.begin(), keys.end(), std::back_inserter(tasks),
                 [base](int key) -> Deferred<> { co_await save(base + key); }); // warn: "base"
  std::transform(keys.begin(), keys.end(), std::back_inserter(tasks), [](int key) -> Deferred<> { co_await save(key); });
  std::transform(keys.begin(), keys.end(), std::back_inserter(tasks), [base](int key) { return save(base + key); });
  co_await acme::every(std::move(tasks));
}
