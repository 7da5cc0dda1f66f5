// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callables that a container of functions makes inside of it.
#include "acme.hpp"

#include <map>
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
