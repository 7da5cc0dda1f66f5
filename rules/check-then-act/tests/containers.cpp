// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Containers that are tested to be not empty, and what counts as emptying them.
#include "seastar.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <vector>

seastar::future<> step(int key);
void use(int value);

class Queue {
  std::deque<int> waiting_;

public:
  void take() { waiting_.pop_front(); }
  seastar::future<> next() {
    if (waiting_.empty())
      co_return;
    co_await step(1);
    use(waiting_.front()); // warn: "'waiting_' was tested before the coroutine was suspended; 'Queue::take'"
  }
};

class Stores {
  std::vector<int> stores_;

public:
  void convert(int store) {
    auto at = std::find(stores_.begin(), stores_.end(), store);
    if (at != stores_.end())
      stores_.erase(at);
  }
  seastar::future<> close() {
    co_await step(1);
    stores_.clear();
  }
  seastar::future<> insert() {
    if (stores_.empty())
      co_return;
    co_await step(1);
    use(stores_[0]); // ok: one of them goes, or all at the end
  }
};

class Heap {
  std::vector<int> heap_;

public:
  void rebuild(int count) {
    heap_.clear();
    for (int i = 0; i < count; ++i)
      heap_.push_back(i);
  }
  seastar::future<> next() {
    while (!heap_.empty()) {
      co_await step(1);
      use(heap_[0]); // ok: it is filled again before anybody else runs
    }
  }
};

class Refilled {
  std::vector<int> heap_;

public:
  seastar::future<> rebuild() {
    heap_.clear();
    co_await step(1);
    heap_.push_back(1);
  }
  seastar::future<> next() {
    while (!heap_.empty()) {
      co_await step(1);
      use(heap_[0]); // warn: "'heap_' was tested before"
    }
  }
};

class Keyed {
  std::map<int, int> table_;

public:
  void drop(int key) { table_.erase(key); }
  seastar::future<> read(int key) {
    if (!table_.contains(key))
      co_return;
    co_await step(key);
    use(table_.at(key)); // warn: "'table_' was tested before"
  }
};
