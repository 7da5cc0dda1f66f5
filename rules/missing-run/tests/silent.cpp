// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Plain functions that run, hand over, return or keep what they create.
#include "acme.hpp"
#include "borealis.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> serve(int port);
Deferred<int> load(int key = 1);
borealis::Job<int> Sail();
void print(int value);
void unseen(Deferred<> task);

Deferred<> forwards(int port) { return serve(port); }
auto deduced() { return load(2); }
std::optional<Deferred<int>> maybe(bool wanted) {
  if (!wanted)
    return {};
  return load(3);
}
std::vector<Deferred<>> many(int count) {
  std::vector<Deferred<>> tasks;
  for (int i = 0; i < count; ++i)
    tasks.push_back(serve(i));
  return tasks;
}
Deferred<> named() {
  auto task = serve(1);
  print(1);
  return task;
}
Deferred<> prepared(bool fast) {
  if (fast)
    return serve(1);
  auto task = serve(2);
  return task;
}

class Server {
  Deferred<> main_ = serve(1);
  std::vector<Deferred<>> tasks_;
  std::function<Deferred<>()> factory_ = [] { return serve(2); };

public:
  Server() : main_(serve(3)) { tasks_.push_back(serve(4)); }
  void start() {
    acme::launch(serve(5));
    acme::reactor().adopt(std::move(main_));
    unseen(serve(6));
    auto task = serve(7);
    unseen(std::move(task));
  }
  Deferred<> &current() { return main_; }
};

std::map<int, Deferred<int>> registry;
Deferred<int> global = load(4);

void registers() {
  registry.emplace(1, load(5));
  registry.insert_or_assign(2, load(6));
  global = load(7);
}

void ignores() {
  (void)serve(1);                       // ok: said explicitly
  static_cast<void>(serve(2));          // ok
  [[maybe_unused]] auto task = serve(3); // ok
}

Deferred<int> coroutine() {
  co_await serve(1);
  co_return co_await load();
}

// A template that asks only for the type of what it is given.
template <class T> void check_type(Deferred<T>) { static_assert(sizeof(T) > 0); }
void type_checks() {
  check_type(load());
  check_type(load(4));
}

// Awaited itself: its work runs where it was started.
struct Group {
  void fork(Deferred<> task);
  bool poll();
  bool await_ready() const;
  void await_suspend(std::coroutine_handle<>);
  void await_resume();
};
Deferred<> grouped() {
  Group group;
  group.fork(serve(1));
  group.fork(serve(2));
  co_await load();
}

int main() {
  print(acme::execute(load()));
  auto task = load(8);
  print(acme::execute(std::move(task)));
  acme::reactor().drive(coroutine());
  borealis::Scheduler scheduler;
  print(scheduler.Drive(Sail()));
  int value = acme::execute(acme::both(load(1), load(2))) == std::tuple{1, 2};
  acme::launch(serve(80));
  acme::reactor().spin();
  acme::execute([]() -> Deferred<int> { co_return 1; }());
  auto run = [](auto work) { return acme::execute(work()); };
  return value + run([] { return load(9); });
}
