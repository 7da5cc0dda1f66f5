// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Await-loops, synchronous sequences, and blocking adaptors outside async code.
#include "acme.hpp"
#include "borealis.hpp"
#include "cppcoro.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using acme::Deferred;

acme::Feed<int> numbers();
borealis::Flow<int> flow();
borealis::Stream<int> rows();
cppcoro::generator<int> counted();
cppcoro::generator<const std::string> names();
void print(int value);

Deferred<> await_loop() {
  auto feed = numbers();
  for (auto it = co_await feed.begin(); it != feed.end(); co_await ++it)
    print(*it);
  auto it = co_await feed.begin();
  while (it != feed.end()) {
    print(*it);
    it = co_await ++it;
  }
}

borealis::Job<void> next_loop() {
  auto stream = rows();
  while (auto row = co_await stream.next())
    print(*row);
  for (auto row = co_await stream.next(); row; row = co_await stream.next())
    print(*row);
  auto pending = stream.next();
  auto row = co_await pending;
  auto numbers = flow();
  for (auto it = numbers.begin(); it != numbers.end(); co_await ++it)
    print(*it);
}

Deferred<> synchronous_sequences(std::vector<int> values, std::map<int, std::string> names_by_id) {
  for (int value : values)
    print(value);
  for (auto &[id, name] : names_by_id)
    print(id);
  for (int value : counted())
    print(value);
  for (const auto &name : names())
    print(static_cast<int>(name.size()));
  auto generator = counted();
  for (auto it = generator.begin(); it != generator.end(); ++it)
    print(*it);
  co_return;
}

// A container of tasks is no async sequence.
Deferred<int> load(int key);
Deferred<> tasks() {
  std::vector<Deferred<int>> many;
  many.push_back(load(1));
  for (auto &task : many)
    print(co_await std::move(task));
}

void plain_function() {
  for (int value : acme::collect_now(numbers())) // ok: outside async code that is what it is for
    print(value);
}

// A type with both protocols.
struct Both {
  struct Iterator {
    Iterator &operator++();
    int operator*() const;
    bool operator!=(const Iterator &) const;
  };
  Iterator begin();
  Iterator end();
  borealis::Job<std::optional<int>> next();
};
borealis::Job<void> both(Both &sequence) {
  for (int value : sequence) // ok: it has a synchronous protocol of its own
    print(value);
  while (auto value = co_await sequence.next())
    print(*value);
}

// `begin` and `next` of something that is no sequence: what is forgotten there is an await, not a loop.
struct Transaction {
  borealis::Job<void> begin();
  borealis::Job<void> commit();
  borealis::Job<void> rollback();
};
struct Wizard {
  borealis::Job<void> next();
};
borealis::Job<void> transaction(Transaction &transaction, Wizard &wizard) {
  co_await transaction.begin();
  co_await wizard.next();
  transaction.begin();  // warn: [async-unawaited-task] "begin"
  transaction.commit(); // warn: [async-unawaited-task] "commit"
  wizard.next();        // warn: [async-unawaited-task] "next"
}
