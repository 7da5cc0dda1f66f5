// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Iterators that algorithms find in shared containers.
#include "acme.hpp"

#include <algorithm>
#include <string>
#include <vector>

using acme::Deferred;

struct Host {
  std::string name;
  int port;
};
Deferred<> pause();
void print(const std::string &text);
std::vector<Host> hosts;
void add(Host host) { hosts.push_back(std::move(host)); }

Deferred<> found_by_range() {
  auto host = std::ranges::find(hosts, 80, &Host::port);
  co_await pause();
  print(host->name); // warn: "host"
}
Deferred<> found_by_iterators() {
  auto host = std::max_element(hosts.begin(), hosts.end(), [](const Host &a, const Host &b) { return a.port < b.port; });
  co_await pause();
  print(host->name); // warn: "host"
}
Deferred<> found_again() {
  auto host = std::ranges::find(hosts, 80, &Host::port);
  co_await pause();
  host = std::ranges::find(hosts, 80, &Host::port);
  print(host->name);
}
Deferred<> found_in_copy() {
  auto copy = hosts;
  auto host = std::ranges::find(copy, 80, &Host::port);
  co_await pause();
  print(host->name);
}
