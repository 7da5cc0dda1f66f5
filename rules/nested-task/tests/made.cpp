// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks of tasks that templates make, and that members and names hold.
#include "acme.hpp"

#include <functional>
#include <map>
#include <type_traits>
#include <utility>
#include <vector>

using acme::Deferred;
Deferred<int> load(int key);
Deferred<> store(int value);

template <class T> Deferred<T> later(T value) { co_return std::move(value); }
template <class F> Deferred<std::invoke_result_t<F>> run(F function) { co_return function(); }
template <class F> std::invoke_result_t<F> directly(F function) { return function(); }

Deferred<int> given(int key) {
  auto inner = co_await later(load(key)); // warn: "later"
  co_return co_await std::move(inner);
}
Deferred<> called(int value) {
  auto task = run([value] { return store(value); }); // warn: "run"
  co_await co_await std::move(task);
}
struct Cache {
  std::map<int, Deferred<Deferred<int>>> pending; // warn: "pending"
  std::map<int, Deferred<int>> fine;
};
using Factory = std::function<Deferred<Deferred<int>>(int)>; // warn: "Factory"

// --- silent -----------------------------------------------------------------------------------------------------

using Plain = std::function<Deferred<int>(int)>;
Deferred<int> unwrapped(int key) {
  const int number = co_await later(key);
  co_return number + co_await run([key] { return key; });
}
Deferred<int> passed_through(int key) { co_return co_await directly([key] { return load(key); }); }
template <class T> Deferred<> generic(T value) {
  co_await later(std::move(value));
}
Deferred<> of_numbers() { co_await generic(3); }
