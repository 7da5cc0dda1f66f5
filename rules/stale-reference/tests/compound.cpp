// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The right operand of a compound assignment comes first, so what is changed is used after the await.
#include "acme.hpp"

#include <map>
#include <vector>

using acme::Deferred;

Deferred<int> load(int key);

struct Row { int sum = 0; };
class Table {
public:
  void grows() { rows_.push_back({}); }
  Deferred<> adds(int key) {
    Row &row = rows_[0];
    row.sum += co_await load(key); // warn: "'row'"
  }
  Deferred<> adds_later(int key) {
    const int value = co_await load(key);
    Row &row = rows_[0];
    row.sum += value; // ok
  }
  Deferred<> adds_before(int key) {
    Row &row = rows_[0];
    row.sum += key; // ok
    co_await load(key);
  }

private:
  std::vector<Row> rows_;
};
