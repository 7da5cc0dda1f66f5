// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callables that a container of functions makes inside of it.
#include "acme.hpp"

#include <map>
#include <stop_token>
#include <string>

using acme::Deferred;

Deferred<> work();
Deferred<> named(int value);

void fill(std::map<std::string, std::function<void()>> &table, std::vector<std::function<void(int)>> &all) {
  table.emplace("quit", []() -> Deferred<> { co_await work(); }); // warn: "std::function<void ()>"
  table.try_emplace("stop", work);                                // warn: "std::function<void ()>"
  all.emplace_back(named);                                        // warn: "std::function<void (int)>"
  table.emplace("run", [] { acme::launch(work()); });             // ok
}
void keep(std::map<std::string, std::function<Deferred<>()>> &table, std::vector<Deferred<>> &tasks) {
  table.emplace("quit", []() -> Deferred<> { co_await work(); }); // ok: the task comes back
  tasks.emplace_back(work());                                     // ok
}

std::map<std::string, std::function<void(int)>> table_of_pairs() {
  return {
      {"named", [](int value) -> Deferred<> { co_await named(value); }}, // warn: "std::function<void (int)>"
      {"plain", [](int value) { acme::launch(named(value)); }},          // ok
  };
}
/// Another library's container.
template <class T> class Array {
public:
  template <class... Parts> T &add(Parts &&...parts) {
    all_.emplace_back(static_cast<Parts &&>(parts)...);
    return all_.back();
  }

private:
  std::vector<T> all_;
};
void fills(Array<std::function<void(int)>> &all) {
  all.add([](int value) -> Deferred<> { co_await named(value); }); // warn: "std::function<void (int)>"
  all.add([](int value) { acme::launch(named(value)); });          // ok
}
void when_stopped(std::stop_token token) {
  std::stop_callback quits(token, []() -> Deferred<> { co_await work(); }); // warn: "std::stop_callback"
  std::stop_callback launches(token, [] { acme::launch(work()); });         // ok
}
