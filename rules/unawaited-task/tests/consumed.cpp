// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Every ordinary way to consume a task: all silent.
#include "acme.hpp"

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);
Deferred<int> load(int key);
void print(int value);
void elsewhere(Deferred<> task);
void by_reference(Deferred<> &task);
template <class... T> void all_of(T &&...tasks);

Deferred<int> awaited() {
  co_await save(1);
  auto task = load(1);
  int value = co_await std::move(task);
  auto &&extended = load(2);
  value += co_await std::move(extended);
  print(co_await load(3) + co_await load(4));
  auto moved = load(5);
  auto again = std::move(moved);
  value += co_await std::move(again);
  auto exchanged = load(6);
  value += co_await std::exchange(exchanged, load(7));
  value += co_await std::move(exchanged);
  value += co_await static_cast<Deferred<int> &&>(load(8));
  co_return co_await load(9) + value;
}

Deferred<> plain_return() { return save(1); }
auto deduced_return() { return save(2); }
Deferred<> named_return() {
  auto task = save(3);
  return task;
}
Deferred<> chosen_return(bool fast) { return fast ? save(4) : save(5); }
std::optional<Deferred<>> maybe_return(bool wanted) {
  if (!wanted)
    return std::nullopt;
  auto task = save(6);
  return task;
}
std::pair<Deferred<>, Deferred<int>> pair_return() { return {save(7), load(8)}; }
std::tuple<Deferred<>, int> tuple_return() {
  auto task = save(9);
  return {std::move(task), 1};
}

Deferred<> into_calls() {
  acme::launch(save(1));
  elsewhere(save(2));
  auto task = save(3);
  elsewhere(std::move(task));
  auto lent = save(4);
  by_reference(lent);
  all_of(save(5), load(6));
  acme::reactor().adopt(save(7));
  co_await acme::both(load(8), load(9));
  auto left = load(10);
  auto right = load(11);
  auto [a, b] = co_await acme::both(std::move(left), std::move(right));
  print(a + b);
}

Deferred<> into_containers(std::vector<int> keys) {
  std::vector<Deferred<>> tasks;
  for (int key : keys)
    tasks.push_back(save(key));
  tasks.emplace_back(save(0));
  auto extra = save(-1);
  tasks.push_back(std::move(extra));
  co_await acme::every(std::move(tasks));

  std::deque<Deferred<>> waiting;
  waiting.push_front(save(1));
  while (!waiting.empty()) {
    auto next = std::move(waiting.front());
    waiting.pop_front();
    co_await std::move(next);
  }
  std::map<int, Deferred<int>> byKey;
  byKey.emplace(1, load(1));
  byKey.insert({2, load(2)});
  for (auto &[key, task] : byKey)
    print(co_await std::move(task));
  std::optional<Deferred<>> last;
  last = save(2);
  co_await std::move(*last);
  std::array<Deferred<>, 2> both{save(3), save(4)};
  for (auto &task : both)
    co_await std::move(task);
  auto owned = std::make_unique<Deferred<>>(save(5));
  co_await std::move(*owned);
}

class Pool {
  std::vector<Deferred<>> running_;
  std::optional<Deferred<>> current_;
  Deferred<> first_ = save(0);
  Deferred<> second_;

public:
  explicit Pool(int key) : second_(save(key)) {}
  Pool(Deferred<> task, int) : second_(std::move(task)) {}
  void start(int key) {
    running_.push_back(save(key));
    current_ = save(key);
    first_ = save(key);
    auto task = save(key + 1);
    second_ = std::move(task);
  }
  Deferred<> finish() {
    for (auto &task : running_) // warn: [async-stale-reference] "running_"
      co_await std::move(task);
  }
};

struct Holder {
  Deferred<> task;
  int key = 0;
};
Holder aggregate() { return {save(1), 1}; }
Holder designated() { return {.task = save(2), .key = 2}; }
Deferred<> aggregate_local() {
  Holder holder{save(3)};
  co_await std::move(holder.task);
}

Deferred<> into_captures() {
  auto task = save(1);
  auto later = [task = std::move(task)]() mutable -> Deferred<> { co_await std::move(task); };
  co_await later();
  auto lent = save(2);
  auto borrow = [&lent]() -> Deferred<> { co_await std::move(lent); };
  co_await borrow();
  std::function<Deferred<>()> factory = [] { return save(3); };
  co_await factory();
}

Deferred<> out_parameter(Deferred<> &slot, Deferred<> *pointer, std::vector<Deferred<>> *many) {
  slot = save(1);
  *pointer = save(2);
  many->push_back(save(3));
  co_return;
}

Deferred<> statics() {
  static auto warmed = save(1);
  static thread_local Deferred<> local = save(2);
  co_return;
}
Deferred<> global = save(3);

Deferred<> unevaluated() {
  using Result = decltype(load(1));
  static_assert(sizeof(save(1)) > 0);
  static_assert(noexcept(save(1)) || true);
  co_return;
}

// Fire and forget is what this type is for.
acme::Oneway beat();
Deferred<> detached() {
  beat();
  auto unused = beat();
  co_return;
}
