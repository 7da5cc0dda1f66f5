// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A task that converts to everything: in conditions, comparisons, member access and output.
#include "loose.hpp"

#include <cassert>
#include <iostream>
#include <sstream>
#include <string>
#include <utility>

struct User {
  std::string name;
  int age = 0;
  bool active() const;
};

loose::Promise<User> find_user(int id);
loose::Promise<int> count();
loose::Promise<bool> enabled();
void print(const std::string &text);
void set_flag(bool value);
struct Database {
  loose::Promise<User> get(int id);
  loose::Promise<bool> contains(int id) const;
};

loose::Promise<int> uses(Database &database) {
  if (enabled()) // warn: "enabled"
    print("on");
  if (database.contains(1)) // warn: "contains"
    print("one");
  bool on = enabled();                        // warn: "enabled"
  set_flag(enabled());                        // warn: "enabled"
  std::string name = find_user(1)->name;      // warn: "find_user"
  print(database.get(2)->name);               // warn: "get"
  int age = (*find_user(3)).age;              // warn: "find_user"
  if (count() == 3) // warn: "count"
    print("three");
  if (count() > 2) // warn: "count"
    print("many");
  int sum = count() + 1;                      // warn: "count"
  std::cout << count() << '\n';               // warn: "count"
  std::ostringstream out;
  out << enabled();                           // warn: "enabled"
  assert(enabled());                          // warn: "enabled"
  switch (count()) {                          // warn: "count"
  default:
    break;
  }
  co_return age + sum + on;
}

loose::Promise<int> held() {
  auto user = find_user(1);
  print(user->name); // warn: "user"
  auto total = count();
  if (total > 3) // warn: "total"
    print("many");
  bool on = false;
  on |= enabled(); // warn: "enabled"
  co_return on;
}

loose::Promise<bool> returned(int id) {
  co_return enabled(); // warn: "enabled"
}

int main() {
  if (enabled()) // warn: "enabled"
    print("on");
  std::cout << loose::run(count()) << '\n'; // ok
  return 0;
}

// --- silent -----------------------------------------------------------------------------------------------------

loose::Promise<int> awaited(Database &database) {
  if (co_await enabled())
    print("on");
  std::string name = (co_await find_user(1)).name;
  print((co_await database.get(2)).name);
  if (co_await count() == co_await count())
    print("same");
  std::cout << co_await count() << '\n';
  auto user = find_user(3);
  auto found = co_await user;
  print(found.name);
  assert(co_await enabled());
  co_return co_await count() + 1;
}
