// flags: -std=c++20 -Itest/support/mock
// profile: strict
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Flags and counts that are set after the await that follows their test.
#include "acme.hpp"

#include <memory>
#include <optional>

using acme::Deferred;

Deferred<> save(int key);

class Connection {
public:
  Deferred<> open() {
    if (open_)
      co_return;
    co_await save(1);
    open_ = true; // warn: "'open_' is set only after the coroutine was suspended"
  }
  Deferred<> in_branch() {
    if (!loaded_) {
      co_await save(2);
      loaded_ = true; // warn: "loaded_"
    }
  }
  Deferred<bool> limited() {
    if (active_ >= 3)
      co_return false;
    co_await save(active_);
    ++active_; // warn: "active_"
    co_return true;
  }
  Deferred<> marked_first() {
    if (open_)
      co_return;
    open_ = true; // ok
    co_await save(1);
  }
  Deferred<> other_flag() {
    if (open_ || opening_)
      co_return;
    opening_ = true;
    co_await save(1);
    open_ = true; // ok: the other one keeps them out
  }
  Deferred<> asked_again() {
    if (open_)
      co_return;
    co_await save(1);
    if (!open_)
      open_ = true; // ok
  }
  Deferred<> counted() {
    co_await save(1);
    ++active_; // ok
  }

  Deferred<> pointer(int key) {
    if (!leader_) {
      co_await save(key);
      leader_ = make(key); // warn: "'leader_' is set only after the coroutine was suspended"
    }
  }
  Deferred<> shared(int key) {
    if (shared_)
      co_return;
    co_await save(key);
    shared_ = std::make_shared<int>(key); // warn: "shared_"
  }
  Deferred<> optional(int key) {
    if (!cached_.has_value()) {
      co_await save(key);
      cached_ = key; // warn: "cached_"
    }
  }
  Deferred<> compared(int key) {
    if (leader_ == nullptr) {
      co_await save(key);
      leader_ = make(key); // warn: "'leader_' is set only after the coroutine was suspended"
    }
  }
  Deferred<> let_go() {
    if (!leader_)
      co_return;
    co_await save(1);
    leader_ = nullptr; // ok: it is not taken
  }
  Deferred<> asked_pointer_again(int key) {
    if (!leader_)
      co_await save(key);
    if (!leader_)
      leader_ = make(key); // ok
  }

private:
  static int *make(int key);
  int *leader_ = nullptr;
  std::shared_ptr<int> shared_;
  std::optional<int> cached_;
  bool open_ = false, opening_ = false, loaded_ = false;
  int active_ = 0;
};
