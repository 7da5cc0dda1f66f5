// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Independent awaits one after the other: the second could run while the first waits.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <optional>
#include <string>
#include <utility>
#include <memory>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

Deferred<int> load(int key);
Deferred<std::string> name(int key);
Deferred<bool> allowed(int user);
void print(int value);

Deferred<int> in_a_row(int key) {
  int a = co_await load(1); int b = co_await load(2); // warn: "load"
  co_return a + b;
}
Deferred<int> in_one_expression() {
  co_return co_await load(1) + co_await load(2); // warn: "load"
}
Deferred<int> each_turn(std::vector<int> keys) {
  int sum = 0;
  for (int key : keys) sum += co_await load(key); // warn: "load"
  co_return sum;
}

namespace with_folly {
coro::Task<int> load(int key);
coro::Task<int> in_a_row() {
  int a = co_await load(1); int b = co_await load(2); // warn: "load"
  co_return a + b;
}
coro::Task<std::vector<int>> each_turn(std::vector<int> keys) {
  std::vector<int> found;
  for (int key : keys) found.push_back(co_await load(key)); // warn: "load"
  co_return found;
}
} // namespace with_folly

namespace with_cppcoro {
cppcoro::task<int> load(int key);
cppcoro::task<int> in_a_row() {
  auto a = co_await load(1); auto b = co_await load(2); // warn: "load"
  co_return a + b;
}
} // namespace with_cppcoro

namespace with_seastar {
seastar::future<int> load(int key);
seastar::future<int> in_a_row() {
  auto a = co_await load(1); auto b = co_await load(2); // warn: "load"
  co_return a + b;
}
// Eager futures that were both started before: no time is lost.
seastar::future<int> started_before() {
  auto first = load(1);
  auto second = load(2);
  co_return co_await std::move(first) + co_await std::move(second); // ok
}
} // namespace with_seastar

// --- silent -----------------------------------------------------------------------------------------------------

Deferred<int> dependent(int key) {
  int first = co_await load(key);
  int second = co_await load(first);
  std::string text = co_await name(second);
  co_return second + static_cast<int>(text.size());
}
Deferred<int> conditional(int user) {
  if (!co_await allowed(user))
    co_return 0;
  co_return co_await load(user);
}
Deferred<std::string> same_object(acme::Socket &socket) {
  co_await socket.send("hello");
  auto answer = co_await socket.receive();
  auto rest = co_await socket.receive();
  co_return answer + rest;
}
Deferred<> begin();
Deferred<> commit();
Deferred<> effects() {
  co_await begin();
  co_await commit();
}
Deferred<int> gathered() {
  auto [a, b] = co_await acme::both(load(1), load(2));
  co_return a + b;
}
Deferred<std::optional<int>> first_match(std::vector<int> keys) {
  for (int key : keys)
    if (int value = co_await load(key); value > 3)
      co_return value;
  co_return std::nullopt;
}
Deferred<int> chained(int key) {
  for (int i = 0; i < 3; ++i)
    key = co_await load(key);
  co_return key;
}
Deferred<> paced() {
  for (int i = 0; i < 3; ++i) {
    print(co_await load(i));
    co_await acme::pause_for(acme::Millis(100));
  }
}

struct Shop {
  Deferred<int> orders();
  Deferred<int> orders_of(int user);
  Deferred<> clear();
};
struct Page {
  std::string title;
  int count;
};
Deferred<int> of_two_objects(Shop &here, Shop &there) {
  int mine = co_await here.orders();
  int yours = co_await there.orders(); // warn: "orders"
  co_return mine + yours;
}
Deferred<int> of_two_pointers(std::shared_ptr<Shop> here, std::shared_ptr<Shop> there, Shop *third) {
  int mine = co_await here->orders();
  int yours = co_await there->orders(); // warn: "orders"
  int others = co_await third->orders(); // warn: "orders"
  int again = co_await third->orders(); // ok: the same object
  co_return mine + yours + others + again;
}
Deferred<int> of_each_pointer(std::vector<std::unique_ptr<Shop>> shops) {
  int sum = 0;
  for (auto &shop : shops)
    sum += co_await shop->orders(); // warn: "orders"
  co_return sum;
}
Deferred<int> of_one_object(Shop &shop) {
  int first = co_await shop.orders();
  int second = co_await shop.orders(); // ok: the same object
  co_return first + second;
}
Deferred<int> of_two_that_depend(Shop &here, Shop &there) {
  int user = co_await here.orders();
  int orders = co_await there.orders_of(user);
  co_return orders;
}
Deferred<Page> in_a_list(int key) {
  co_return Page{co_await name(key), co_await load(key)}; // warn: "load"
}
Deferred<int> of_each(std::vector<Shop> shops) {
  int sum = 0;
  for (Shop &shop : shops)
    sum += co_await shop.orders(); // warn: "orders"
  co_return sum;
}
Deferred<int> of_the_same(Shop &shop, std::vector<int> users) {
  int sum = 0;
  for (int user : users)
    sum += co_await shop.orders_of(user); // ok: the same object
  co_return sum;
}
