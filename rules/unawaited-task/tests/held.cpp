// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task kept in a local that nothing ever consumes.
#include "acme.hpp"

#include <memory>
#include <optional>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

using acme::Deferred;

Deferred<> save(int key);
Deferred<int> load(int key);
void log(bool valid);
void print(int value);

Deferred<> never_used() {
  auto plain = save(1);                 // warn: "save"
  Deferred<> typed = save(2);           // warn: "save"
  auto braced{save(3)};                 // warn: "save"
  auto parenthesised(save(4));          // warn: "save"
  auto &&extended = save(5);            // warn: "save"
  const auto &reference = save(6);      // warn: "save"
  const auto constant = save(7);        // warn: "save"
  auto number = load(8);                // warn: "load"
  co_return;
}

Deferred<> only_asked() {
  auto task = save(1); // warn: "save"
  log(task.valid());
  if (!task.finished())
    log(false);
  co_return;
}

Deferred<> next_statement_awaits_something_else() {
  auto first = load(1); // warn: "load"
  auto second = load(2);
  print(co_await std::move(second));
}

Deferred<> moved_to_nobody() {
  auto first = save(1); // warn: "save"
  auto second = std::move(first);
  co_return;
}

Deferred<> move_is_no_use() {
  auto task = save(1); // warn: "save"
  std::move(task);
  co_return;
}

Deferred<> overwritten() {
  auto task = save(1); // warn: "save"
  task = save(2);
  co_await std::move(task);
}

Deferred<> overwritten_in_loop(int count) {
  auto task = save(0);
  for (int i = 1; i < count; ++i) {
    co_await std::move(task);
    task = save(i);
  }
  co_await std::move(task);
}

Deferred<> last_assignment_lost() {
  auto task = save(1);
  co_await std::move(task);
  task = save(2); // warn: "save"
}

Deferred<> inner_scope(bool verbose) {
  if (verbose) {
    auto task = save(1); // warn: "save"
  }
  if (auto task = save(2); task.valid()) // warn: "save"
    print(1);
  switch (auto task = save(3); verbose) { // warn: "save"
  default:
    break;
  }
  for (auto task = save(4); verbose;) { // warn: "save"
    break;
  }
  co_return;
}

Deferred<> chosen(bool fast) {
  auto task = fast ? save(1) : save(2); // warn: "save"
  co_return;
}

Deferred<> bound() {
  auto [first, second] = std::pair{load(1), load(2)}; // warn: "load"
  print(co_await std::move(first));
}

Deferred<> wrapped() {
  std::optional<Deferred<>> maybe = save(1);                    // warn: "save"
  auto owned = std::make_unique<Deferred<>>(save(2));           // warn: "save"
  std::variant<std::monostate, Deferred<>> either = save(3);    // warn: "save"
  co_return;
}

auto in_lambda = []() -> Deferred<> {
  auto task = save(1); // warn: "save"
  co_return;
};

struct Session {
  Deferred<> close();
  Deferred<int> count() const;
  Deferred<> run() {
    auto closing = close(); // warn: "close"
    auto counted = this->count(); // warn: "count"
    co_return;
  }
};

Deferred<> filled_and_forgotten(int count) {
  std::vector<Deferred<>> tasks;
  for (int i = 0; i < count; ++i)
    tasks.push_back(save(i)); // warn: "tasks"
  co_return;
}

Deferred<> declared_together() {
  auto first = save(1), second = save(2); // warn: "first"
  co_await std::move(second);
}

// The value of a task is used as if it had been awaited: nothing takes the task itself.
struct Units {
  ~Units();
};
Deferred<Units> get_units(int amount);
void critical();

Deferred<> units_never_held() {
  auto units = get_units(1); // warn: "get_units"
  critical();
  co_return;
}

Deferred<> units_held() {
  auto units = co_await get_units(1); // ok
  critical();
}

Deferred<> declared_away() {
  [[maybe_unused]] auto task = save(1); // ok: said explicitly
  auto ignored = save(2);               // ok: said explicitly
  (void)ignored;
  static_cast<void>(ignored);
  std::ignore = save(3); // ok
  co_return;
}

// Elements of a tuple or pair.

Deferred<> element_left() {
  auto work = std::make_tuple(load(1), save(2)); // warn: "save"
  print(co_await std::get<0>(std::move(work)));
}
Deferred<> second_left() {
  std::pair work(load(1), save(2)); // warn: "save"
  print(co_await std::move(work.first));
}
Deferred<> all_elements() {
  auto work = std::make_tuple(load(1), save(2)); // ok
  print(co_await std::get<0>(std::move(work)));
  co_await std::get<1>(std::move(work));
}
Deferred<> given_as_a_whole(void (*take)(std::tuple<Deferred<int>, Deferred<>>)) {
  auto work = std::make_tuple(load(1), save(2)); // ok
  take(std::move(work));
  co_return;
}
