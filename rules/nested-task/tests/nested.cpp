// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task whose result is a task: somebody awaited once too little.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <optional>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

Deferred<int> load(int key);
Deferred<Deferred<int>> prepared(int key); // warn: "prepared"
using Nested = coro::Task<coro::Task<void>>;
Nested folly_nested(); // warn: "folly_nested"
cppcoro::task<cppcoro::task<int>> cppcoro_nested(int key) { // warn: "cppcoro_nested"
  co_return [](int k) -> cppcoro::task<int> { co_return k; }(key);
}
Deferred<Deferred<int>> returns_task(int key) { // warn: "returns_task"
  co_return load(key);
}
struct Service {
  Deferred<Deferred<int>> get(int key); // warn: "get"
};

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<int> single(int key) { co_return co_await load(key); }
Deferred<std::vector<Deferred<int>>> batch();           // ok: hands tasks out on purpose
Deferred<std::optional<int>> maybe();
std::vector<Deferred<Deferred<int> *>> pointers();      // ok: pointers to tasks
seastar::future<int> flattened(int key);
seastar::future<int> chained(int key) {
  return flattened(key).then([](int value) { return flattened(value); }); // ok: then() flattens
}
