// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Continuations that are gathered: some gathers end with the first failure, and the others go on.
#include "folly.hpp"

#include <memory>
#include <utility>
#include <vector>

namespace folly {
template <class T> Future<std::vector<T>> collect(std::vector<Future<T>> &futures);
template <class T> Future<std::vector<T>> collectAll(std::vector<Future<T>> &futures);
} // namespace folly

folly::Future<folly::Unit> read(int key);
void use(std::size_t size);

void all_or_none(const std::vector<int> &keys) {
  std::vector<int> sizes(keys.size());
  std::vector<folly::Future<folly::Unit>> futures;
  for (int key : keys)
    futures.push_back(read(key).thenValue([&sizes, key](auto &&) { sizes[key] = 1; })); // warn: "captures 'sizes' by reference, but the first failure ends the wait"
  folly::collect(futures).get();
  use(sizes.size());
}

// --- silent -----------------------------------------------------------------------------------------------------------

void all(const std::vector<int> &keys) {
  std::vector<int> sizes(keys.size());
  std::vector<folly::Future<folly::Unit>> futures;
  for (int key : keys)
    futures.push_back(read(key).thenValue([&sizes, key](auto &&) { sizes[key] = 1; }));
  folly::collectAll(futures).get();
  use(sizes.size());
}

void owned(const std::vector<int> &keys) {
  auto sizes = std::make_shared<std::vector<int>>(keys.size());
  std::vector<folly::Future<folly::Unit>> futures;
  for (int key : keys)
    futures.push_back(read(key).thenValue([sizes, key](auto &&) { (*sizes)[key] = 1; }));
  folly::collect(futures).get();
}
