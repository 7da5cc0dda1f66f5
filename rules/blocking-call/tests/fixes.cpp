// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The sibling takes the place of the synchronous function only where that compiles and means the same.
#include "acme.hpp"
#include "folly.hpp"

#include <string>
#include <string_view>

using acme::Deferred;

struct User {
  std::string name;
};
struct Users {
  User get(int id);
  Deferred<User> aget(int id);
  User find(const std::string &name);
  Deferred<User> find_async(std::string name);
  bool exists(int id);
  folly::coro::Task<bool> co_exists(int id);
  int size() const { return size_; }
  Deferred<int> async_size();
  User load(int id) {
    ++size_;
    return {};
  }
  Deferred<User> load_async(int id);
  int count(int id);
  Deferred<std::string> async_count(int id); // something else

private:
  int size_ = 0;
};
User fetch(std::string_view url);
Deferred<User> async_fetch(std::string url);

struct Cache {
  User get(int id);
  Deferred<User> aget(int id) {
    co_return get(id); // ok: the sibling itself
  }
};

Deferred<> uses(Users &users) {
  User user = users.get(1); // warn: "get"
  // fixed:   User user = co_await users.aget(1);
  std::string name = users.get(2).name; // warn: "get"
  // fixed:   std::string name = (co_await users.aget(2)).name;
  user = users.find(name); // warn: "find"
  // fixed:   user = co_await users.find_async(name);
  if (users.exists(3)) // warn: "exists"
    co_return;
  int size = users.size();     // ok: seen not to block
  user = users.load(size);     // ok: seen not to block
  size = users.count(1);       // ok: its namesake gives something else
  auto lambda = [&] { return users.get(4); }; lambda(); // warn: "get"
  user = fetch("x");           // warn: "async_fetch"
}
