// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Private coroutines that are only called with an awaited lock held.
#include "seastar.hpp"

#include <vector>

seastar::future<> save(int key);
void use(int value);

class Locked {
  seastar::semaphore mutex_{1};
  std::vector<int> values_;

public:
  seastar::future<> add(int value) {
    auto units = co_await seastar::get_units(mutex_, 1);
    values_.push_back(value);
    co_await flush();
    values_.clear();
  }
  seastar::future<> sync() {
    auto units = co_await seastar::get_units(mutex_, 1);
    co_await flush();
    values_.clear();
  }

private:
  seastar::future<> flush() {
    auto &first = values_[0];
    co_await save(1);
    use(first); // ok: both callers hold the lock
  }
};

class Open {
  seastar::semaphore mutex_{1};
  std::vector<int> values_;

public:
  seastar::future<> add(int value) {
    auto units = co_await seastar::get_units(mutex_, 1);
    values_.push_back(value);
    co_await flush();
  }
  seastar::future<> sync() {
    co_await flush();
    values_.clear();
  }

private:
  seastar::future<> flush() {
    auto &first = values_[0];
    co_await save(1);
    use(first); // warn: "'first' refers into 'values_'"
  }
};

// Who waits for the lock does not hold it yet.
class Waiting {
  seastar::semaphore mutex_{1};
  std::vector<int> values_;

public:
  void add(int value) { values_.push_back(value); }
  seastar::future<> found_before() {
    auto &first = values_.front();
    auto units = co_await seastar::get_units(mutex_, 1);
    use(first); // warn: "'first' refers into 'values_', which 'Waiting::add' may change while the coroutine is suspended"
  }
  seastar::future<> found_after() {
    auto units = co_await seastar::get_units(mutex_, 1);
    auto &first = values_.front();
    use(first); // ok
  }
};
