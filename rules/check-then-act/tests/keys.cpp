// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tests for a key of a shared container, and acts that need that key.
#include "acme.hpp"

#include <map>
#include <set>
#include <string>
#include <unordered_map>

using acme::Deferred;

struct Session {
  int users = 0;
  void touch();
};
Deferred<> save(int key);
Deferred<Session> make();
void use(int value);

class Sessions {
  std::map<int, Session> by_id_;
  std::unordered_map<std::string, Session> by_name_;
  std::set<int> known_;

public:
  void forget(int id) {
    by_id_.erase(id);
    by_name_.clear();
    known_.clear();
  }

  Deferred<> count(int id) {
    if (by_id_.count(id)) {
      co_await save(id);
      by_id_.at(id).touch(); // warn: "by_id_"
    }
  }
  Deferred<> compared(int id) {
    if (by_id_.count(id) == 0)
      co_return;
    co_await save(id);
    by_id_[id].touch(); // warn: "by_id_"
  }
  Deferred<> contains(std::string name) {
    if (!by_name_.contains(name))
      co_return;
    co_await save(1);
    by_name_[name].users += 1; // warn: "by_name_"
  }
  Deferred<> found(int id) {
    if (by_id_.find(id) != by_id_.end()) {
      co_await save(id);
      by_id_.find(id)->second.touch(); // warn: "by_id_"
    }
  }
  Deferred<> found_later(int id) {
    const bool known = by_id_.count(id) > 0; // note: "tested"
    if (known) {
      co_await save(id);
      auto it = by_id_.find(id); // warn: "by_id_"
      it->second.touch();
    }
  }

  // --- silent ---------------------------------------------------------------------------------------------------

  Deferred<> another_key(int id, int other) {
    if (by_id_.contains(id)) {
      co_await save(id);
      by_id_.at(other).touch(); // ok: nothing was known about this one
    }
  }
  Deferred<> looked_up_again(int id) {
    if (by_id_.contains(id)) {
      co_await save(id);
      if (auto it = by_id_.find(id); it != by_id_.end())
        it->second.touch();
      auto again = by_id_.find(id);
      if (again == by_id_.end())
        co_return;
      again->second.touch();
    }
  }
  Deferred<> filled(int id) {
    if (by_id_.contains(id))
      co_return;
    Session session = co_await make();
    by_id_[id] = session; // ok: needs nothing to be there
  }
  Deferred<> written(int id) {
    if (by_id_.contains(id))
      by_id_[id] = co_await make(); // ok: as good without
  }
  Deferred<> removed(int id) {
    if (known_.contains(id)) {
      co_await save(id);
      known_.erase(id); // ok: none is none
    }
  }
  Deferred<> at_once(int id) {
    if (by_id_.count(id)) {
      by_id_.at(id).touch();
      co_await save(id);
    }
  }
};
