// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Async sequences of unknown libraries iterated as if they were synchronous: every step is dropped.
#include "acme.hpp"
#include "borealis.hpp"

#include <optional>
#include <utility>
#include <vector>

using acme::Deferred;
using acme::Feed;

Feed<int> numbers();
borealis::Flow<int> flow();
borealis::Stream<int> rows();
void print(int value);

using Numbers = borealis::Flow<int>;
struct Table {
  Numbers scan();
  borealis::Stream<int> read();
};
#define EACH(item, range) for (auto item : range)

borealis::Job<void> range_for(Table &table) {
  for (int value : flow()) // warn: "flow"
    print(value);
  auto local = flow();
  for (auto &value : local) // warn: "local"
    print(value);
  for (auto &&value : table.scan()) // warn: "scan"
    print(value);
  for (auto numbers = flow(); int value : numbers) // warn: "numbers"
    print(value);
  EACH(value, local) // warn: "local"
    print(value);
  co_return;
}

void range_for_in_plain_function() {
  for (int value : flow()) // warn: "flow"
    print(value);
}

template <class T> borealis::Job<void> generic() {
  borealis::Flow<T> many = flow();
  for (auto value : many) // warn: "many"
    print(value);
  co_return;
}
borealis::Job<void> instantiate() { co_await generic<int>(); }

borealis::Job<void> by_hand() {
  auto local = flow();
  for (auto it = local.begin(); it != local.end(); ++it) // warn: "it"
    print(*it);
  auto it = local.begin();
  ++it;            // warn: "it"
  it.operator++(); // warn: "it"
  co_return;
}

Deferred<> begin_dropped() {
  auto feed = numbers();
  feed.begin();            // warn: "begin"
  auto it = feed.begin();  // warn: "begin"
  co_return;
}

Deferred<> step_dropped() {
  auto feed = numbers();
  auto it = co_await feed.begin();
  while (it != feed.end()) {
    print(*it);
    ++it; // warn: "it"
  }
  for (auto at = co_await feed.begin(); at != feed.end(); ++at) // warn: "at"
    print(*at);
}

borealis::Job<void> next_dropped(Table &table) {
  auto stream = rows();
  stream.next();            // warn: "next"
  table.read().next();      // warn: "next"
  auto row = stream.next(); // warn: "next"
  co_return;
}

// A blocking adaptor reads the whole sequence before the coroutine goes on.
Deferred<> blocking_adaptor() {
  for (int value : acme::collect_now(numbers())) // warn: "collect_now"
    print(value);
  co_return;
}
