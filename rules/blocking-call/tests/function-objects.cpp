// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects with operator() that functions of the standard library call before they return.
#include "acme.hpp"

#include <algorithm>
#include <functional>
#include <ranges>
#include <thread>
#include <tuple>
#include <variant>
#include <vector>

#include <unistd.h>

using acme::Deferred;

struct Slow {
  void operator()(int) { usleep(1); }
  void operator()(double) {}
};
struct Calm {
  void operator()(int) {}
  void operator()(double) {}
};
struct Each {
  int times = 1;
  void operator()(int &value) const { usleep(value); }
};
struct Generic {
  template <class T> void operator()(T) const { usleep(1); }
};
struct Either { // nobody says which one an algorithm means
  void operator()(int &) const {}
  void operator()(const char *) const { usleep(1); }
};
template <class... Ts> struct Overloaded : Ts... {
  using Ts::operator()...;
};
template <class... Ts> Overloaded(Ts...) -> Overloaded<Ts...>;
struct Client {
  void fetch() { usleep(1); }
};

using Value = std::variant<int, double>;

Deferred<> visits(Value value) {
  std::visit(Slow{}, value); // warn: "it gets to 'usleep'"
  Slow slow;
  std::visit(slow, value); // warn: "it gets to 'usleep'"
  std::visit(Generic{}, value); // warn: "it gets to 'usleep'"
  std::visit(Overloaded{[](int) { usleep(2); }, [](double) {}}, value); // warn: "it gets to 'usleep'"
  std::visit(Calm{}, value); // ok
  co_return;
}
Deferred<> algorithms(std::vector<int> values, std::tuple<int> arguments, Client &client) {
  std::for_each(values.begin(), values.end(), Each{}); // warn: "it gets to 'usleep'"
  Each each;
  std::ranges::for_each(values, each); // warn: "it gets to 'usleep'"
  std::apply(Generic{}, arguments); // warn: "it gets to 'usleep'"
  std::invoke(&Client::fetch, client); // warn: "it gets to 'usleep'"
  std::invoke(each, values.front()); // warn: "it gets to 'usleep'"
  std::for_each(values.begin(), values.end(), Either{}); // ok
  std::ranges::for_each(values, [](int &value) { usleep(value); }); // warn: "usleep"
  std::function<void(int &)> kept = Each{}; // ok: not called
  std::function<void(int &)> called = Each{};
  called(values.front()); // warn: "it gets to 'usleep'"
  std::thread(Each{}, std::ref(values.front())).detach(); // ok: another thread
  co_return;
}
