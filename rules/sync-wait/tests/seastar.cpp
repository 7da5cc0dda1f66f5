// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Seastar: `.get()` waits in a stackful thread only; elsewhere it must be ready.
#include "seastar.hpp"

#include <algorithm>
#include <utility>
#include <vector>

using seastar::future;
future<> save(int key);
future<int> load(int key);
void print(int value);

future<int> coroutine() {
  int value = load(1).get(); // warn: "get"
  save(2).get();             // warn: "get"
  auto loading = load(3);
  value += loading.get(); // warn: "get"
  co_return value;
}

future<> continuation() {
  return save(1).then([] {
    print(load(2).get()); // warn: "get"
  });
}

// --- silent -----------------------------------------------------------------------------------------------------

future<> stackful() {
  return seastar::async([] {
    save(1).get();
    print(load(2).get());
    for (int i = 0; i < 3; ++i)
      save(i).get();
  });
}

future<int> ready() {
  auto loading = load(1);
  if (loading.available())
    co_return loading.get(); // ok: it is there
  auto settled = co_await seastar::coroutine::as_future(load(2));
  if (settled.failed())
    co_return 0;
  co_return settled.get(); // ok: as_future gives a ready one
}

future<> wrapped() {
  return load(1).then_wrapped([](future<int> done) {
    print(done.get()); // ok: then_wrapped gives a ready one
  });
}

future<std::tuple<future<int>, future<int>>> both();
future<int> after_when_all() {
  auto first = load(1);
  auto second = load(2);
  auto done = co_await seastar::when_all(std::move(first), std::move(second));
  co_return std::get<0>(done).get() + std::get<1>(done).get(); // ok: both are ready
}

// Futures that a combinator hands to its continuation are ready.
future<int> tuple_of_futures() {
  return seastar::when_all(load(1), load(2)).then([](std::tuple<future<int>, future<int>> done) {
    return std::get<0>(done).get() + std::get<1>(done).get(); // ok
  });
}
int sum_of(std::tuple<future<int>, future<int>> done) { return std::get<0>(done).get() + 1; }
future<int> tuple_to_helper() {
  return seastar::when_all(load(1), load(2)).then([](std::tuple<future<int>, future<int>> done) {
    return sum_of(std::move(done)); // ok
  });
}
future<bool> elements() {
  std::vector<future<int>> futures;
  return seastar::when_all(futures.begin(), futures.end()).then([](std::vector<future<int>> done) {
    return std::all_of(done.begin(), done.end(), [&done](auto &one) { return one.get() == 1; }); // ok: all are ready
  });
}
future<bool> elements_of_unknown(std::vector<future<int>> &pending) {
  co_return std::all_of(pending.begin(), pending.end(), [](auto &one) { return one.get() == 1; }); // warn: "get"
}
future<int> nested_wrapped() {
  return load(1).then_wrapped([](future<int> first) {
    return load(2).then_wrapped([first = std::move(first)](future<int> second) mutable {
      return first.get() + second.get(); // ok: both came in ready
    });
  });
}
future<> wrapped_by_reference() {
  return load(1).then_wrapped([](auto &&done) {
    if (done.failed())
      done.ignore_ready_future();
    else
      print(done.get()); // ok
  });
}

future<int> constant() {
  co_return seastar::make_ready_future<int>(1).get(); // ok: ready
}

future<int> results_of_when_all() {
  auto [first, second] = co_await seastar::when_all(load(1), load(2));
  int sum = first.get() + second.get(); // ok
  std::vector<future<int>> more;
  more.push_back(load(3));
  auto results = co_await seastar::when_all(more.begin(), more.end());
  for (auto &one : results)
    sum += one.get(); // ok
  co_return sum;
}
future<int> not_waited_for() {
  std::vector<future<int>> more;
  more.push_back(load(3));
  int sum = 0;
  for (auto &one : more)
    sum += one.get(); // warn: "get"
  co_return sum;
}

// A helper that runs its callable in a thread of its own, from a closure.
template <class F> future<> in_thread(F &&func) {
  return seastar::async([func = std::forward<F>(func)]() mutable {
    int scratch = 0;
    func(scratch);
  });
}
template <class F> future<> in_continuation(F &&func) {
  return load(1).then([func = std::forward<F>(func)](int value) mutable { func(value); });
}
future<> through_helpers() {
  return in_thread([](int &scratch) {
    scratch = load(2).get(); // ok: waits on the stack of its thread
  });
}
future<> through_continuation() {
  return in_continuation([](int value) {
    print(value + load(2).get()); // warn: "'future::get' waits for a result inside a callback"
  });
}
