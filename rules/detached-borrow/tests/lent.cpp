// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lambdas that a function runs where its caller has them: what goes on without them is the task they return.
#include "seastar.hpp"

#include <string>

using seastar::future;

class Store {
  seastar::gate gate_;
  std::string last_;
  future<bool> exists(std::string key);
  future<> unseen(const std::string &key);
  future<> rename(const std::string &from, std::string to) {
    if (co_await exists(to))
      co_return;
    last_ = from;
  }
  future<> copies(const std::string &from) {
    last_ = from;
    co_await exists("x");
  }
  future<> chained(const std::string &from) {
    return exists("x").then([this, &from](bool) { last_ = from; });
  }

public:
  void reads_it_late(int n) {
    std::string from = "tmp-" + std::to_string(n);
    (void)seastar::with_gate(gate_, [this, &from] { return rename(from, "x"); }); // warn: "the work started here refers to 'from'"
  }
  void reads_it_in_a_continuation(int n) {
    std::string from = "tmp-" + std::to_string(n);
    (void)seastar::with_gate(gate_, [this, &from] { return chained(from); }); // warn: "the work started here refers to 'from'"
  }
  void reads_it_at_once(int n) {
    std::string from = "tmp-" + std::to_string(n);
    (void)seastar::with_gate(gate_, [this, &from] { return copies(from); }); // ok
  }
  void by_value(int n) {
    std::string from = "tmp-" + std::to_string(n);
    (void)seastar::with_gate(gate_, [this, &from] { return exists(from).discard_result(); }); // ok
  }
  void nobody_sees(int n) {
    std::string from = "tmp-" + std::to_string(n);
    (void)seastar::with_gate(gate_, [this, &from] { return unseen(from); }); // ok: it may copy
  }
  future<> awaited(int n) {
    std::string from = "tmp-" + std::to_string(n);
    co_await seastar::with_gate(gate_, [this, &from] { return rename(from, "x"); }); // ok
  }
};
