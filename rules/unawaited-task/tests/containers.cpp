// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions that hand out tasks inside wrappers, containers, pairs and pointers: dropping the wrapper drops the tasks.
#include "acme.hpp"
#include "cppcoro.hpp"

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);
std::vector<Deferred<>> save_all(int count);
std::optional<Deferred<int>> load_if_known(int key);
std::pair<Deferred<>, Deferred<int>> save_and_load(int key);
std::tuple<int, Deferred<>> tagged(int key);
std::unique_ptr<Deferred<>> boxed(int key);
std::variant<int, Deferred<int>> cached_or_load(int key);
std::array<Deferred<>, 2> both(int key);
std::vector<std::optional<Deferred<>>> nested(int key);
void print(int value);

Deferred<> discarded() {
  save_all(3);        // warn: "save_all"
  load_if_known(1);   // warn: "load_if_known"
  save_and_load(1);   // warn: "save_and_load"
  tagged(1);          // warn: "tagged"
  boxed(1);           // warn: "boxed"
  cached_or_load(1);  // warn: "cached_or_load"
  both(1);            // warn: "both"
  nested(1);          // warn: "nested"
  co_return;
}

Deferred<> held() {
  auto tasks = save_all(3);        // warn: "save_all"
  auto maybe = load_if_known(1);   // warn: "load_if_known"
  auto pair = save_and_load(1);    // warn: "save_and_load"
  print(static_cast<int>(tasks.size()));
  if (maybe)
    print(1);
  co_return;
}

Deferred<> consumed() {
  auto tasks = save_all(3);
  for (auto &task : tasks)
    co_await std::move(task);
  if (auto maybe = load_if_known(1))
    print(co_await std::move(*maybe));
  auto [saving, loading] = save_and_load(1);
  co_await std::move(saving);
  print(co_await std::move(loading));
  auto pair = save_and_load(2);
  co_await std::move(pair.first);
  co_await std::move(pair.second);
  auto box = boxed(1);
  co_await std::move(*box);
  auto either = cached_or_load(1);
  if (auto *task = std::get_if<Deferred<int>>(&either))
    print(co_await std::move(*task));
  else
    print(std::get<int>(either));
  co_await acme::every(save_all(2));
  auto rest = save_all(4);
  co_await acme::every(std::move(rest));
  auto [a, b] = both(1);
  acme::launch(std::move(a));
  acme::launch(std::move(b));
  auto indexed = save_all(1);
  co_await std::move(indexed[0]);
  auto iterated = save_all(2);
  for (auto it = iterated.begin(); it != iterated.end(); ++it)
    co_await std::move(*it);
}

cppcoro::task<std::vector<int>> rows();
cppcoro::task<> values_are_no_tasks() {
  std::vector<int> plain = co_await rows();
  rows(); // warn: "rows"
}
