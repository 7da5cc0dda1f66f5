// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Arguments that live as long as the task needs them.
#include "acme.hpp"
#include "cppcoro.hpp"
#include "folly.hpp"
#include "seastar.hpp"

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using acme::Deferred;
namespace coro = folly::coro;

struct User {
  std::string name;
  Deferred<> notify();
};
std::string make_name();
std::vector<int> make_numbers();
User make_user();
std::string &global_name();
const std::string &constant_name();
User *find_user();

Deferred<> greet(const std::string &name);
Deferred<> show(std::string_view text);
Deferred<int> sum(std::span<const int> numbers);
Deferred<> own(std::string name);
Deferred<> keep(std::shared_ptr<User> user);
Deferred<> add(const int *number);
Deferred<> wrapper_by_value(std::string name) { return own(std::move(name)); }
Deferred<> wrapper_that_copies(const std::string &name) { return own(name); }
Deferred<> runs_on(acme::Reactor &reactor);

Deferred<> awaited_in_place() {
  co_await greet(make_name());
  co_await greet("x");
  co_await show(make_name());
  int total = co_await sum(make_numbers()) + co_await sum(std::vector<int>{1});
  co_await make_user().notify();
  co_await User{"x"}.notify();
  co_await std::move(greet(make_name()));
  co_await acme::every([] { return std::vector<Deferred<>>(); }());
  (void)total;
}

Deferred<> locals_that_outlive() {
  std::string name = make_name();
  auto task = greet(name);
  User user = make_user();
  auto notifying = user.notify();
  auto &&extended = make_name();
  auto showing = show(extended);
  const auto numbers = make_numbers();
  auto summing = sum(numbers);
  co_await std::move(task);
  co_await std::move(notifying);
  co_await std::move(showing);
  co_await std::move(summing);
  std::vector<Deferred<>> tasks;
  for (int i = 0; i < 3; ++i)
    tasks.push_back(greet(name));
  co_await acme::every(std::move(tasks));
}

Deferred<> by_value() {
  auto a = own(make_name());
  auto b = own("x");
  auto c = keep(std::make_shared<User>());
  auto d = wrapper_by_value(make_name());
  auto e = wrapper_that_copies(make_name()); // ok: the wrapper copies it
  auto f = show("literal");                  // ok: literals live for ever
  auto g = greet(global_name());
  auto h = greet(constant_name());
  auto i = find_user()->notify();
  auto j = runs_on(acme::reactor());
  static const int number = 3;
  auto k = add(&number);
  auto l = add(nullptr);
  co_await std::move(a);
  co_await std::move(b);
  co_await std::move(c);
  co_await std::move(d);
  co_await std::move(e);
  co_await std::move(f);
  co_await std::move(g);
  co_await std::move(h);
  co_await std::move(i);
  co_await std::move(j);
  co_await std::move(k);
  co_await std::move(l);
}

Deferred<> shorter_task() {
  std::string name = make_name();
  {
    auto task = greet(name);
    co_await std::move(task);
  }
  for (int i = 0; i < 3; ++i) {
    std::string each = make_name();
    auto task = greet(each);
    co_await std::move(task);
  }
}

coro::Task<int> load(const std::string &name);
coro::Task<void> folly_fine() {
  auto [a, b] = co_await coro::collectAll(load(make_name()), load("x")); // ok: temporaries live in the expression
  auto result = co_await coro::co_awaitTry(load(make_name()));
  (void)result;
  int value = co_await coro::timeout(load(make_name()), std::chrono::milliseconds(1));
  (void)value;
}
int folly_main() { return coro::blockingWait(load(make_name())); }

cppcoro::task<> store(const std::string &name);
cppcoro::task<> cppcoro_fine() {
  co_await cppcoro::when_all(store(make_name()), store("x"));
  co_await store(make_name()).when_ready();
}

// Eager: what it reads before its first suspension is still there.
acme::Started<> sent(std::string_view text) {
  std::string copy(text);
  co_await acme::GiveWay{};
}
Deferred<> eager_copy() {
  auto sending = sent(make_name());
  co_await sending;
}
// An element of an array is awaited in the block; later awaits of the array are of other elements.
cppcoro::task<> count(int &seen);
cppcoro::task<> all(std::vector<cppcoro::task<>> &tasks);
cppcoro::task<> one_after_the_other() {
  std::vector<cppcoro::task<>> tasks(1);
  {
    int seen = 0;
    tasks[0] = count(seen);
    co_await all(tasks);
  }
  {
    int seen = 0;
    tasks[0] = count(seen);
    co_await all(tasks);
  }
}
int main() { acme::execute([]() -> Deferred<int> { co_return 1; }()); }

// A label and a `case` are no scopes of their own.
Deferred<> labelled(int kind) {
again:
  const std::string name = make_name();
  co_await greet(name); // ok
  switch (kind) {
  case 1:
    const User user = make_user();
    co_await greet(user.name); // ok
    break;
  }
  if (kind > 1)
    goto again;
}
