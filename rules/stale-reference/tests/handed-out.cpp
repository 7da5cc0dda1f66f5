// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References that a member hands out of itself by an accessor.
#include "acme.hpp"

#include <array>
#include <map>
#include <memory>
#include <vector>

using acme::Deferred;

struct Key {
  int high = 0, low = 0;
};
Deferred<> save(int key);
void use(const Key &key);

class Numbering {
  std::vector<Key> keys_;
  std::map<int, Key> byName_;
  std::array<Key, 4> fixed_;

public:
  const Key &keyOf(unsigned number) const {
    static const Key none;
    if (number >= keys_.size())
      return none;
    return keys_[number];
  }
  const Key &named(int name) const { return byName_.at(name); }
  const Key &fixed(unsigned slot) const { return fixed_[slot]; }
  Key copied(unsigned number) const { return keys_[number]; }
  const std::vector<Key> &all() const { return keys_; }
  unsigned number(Key key) {
    keys_.push_back(key);
    byName_.emplace(key.low, key);
    fixed_[0] = key;
    return static_cast<unsigned>(keys_.size());
  }
};

class Index {
  Numbering numbering_;
  std::unique_ptr<Numbering> other_;

public:
  void add(Key key) { numbering_.number(key); }
  void addOther(Key key) { other_->number(key); }

  Deferred<> element(unsigned number) {
    const Key &key = numbering_.keyOf(number);
    co_await save(key.low);
    use(key); // warn: "'key' refers into 'numbering_', which 'Index::add' may change"
  }
  Deferred<> behind_pointer(unsigned number) {
    const Key &key = other_->keyOf(number);
    co_await save(1);
    use(key); // warn: "'key' refers into 'other_', which 'Index::addOther' may change"
  }
  Deferred<> walk() {
    for (const Key &key : numbering_.all()) // warn: "this loop over 'numbering_' is suspended in its body"
      co_await save(key.low);
  }

  // --- silent ---

  Deferred<> node(int name) {
    const Key &key = numbering_.named(name);
    co_await save(1);
    use(key); // ok: nodes of a map stay where they are
  }
  Deferred<> slot(unsigned slot) {
    const Key &key = numbering_.fixed(slot);
    co_await save(1);
    use(key); // ok: an array
  }
  Deferred<> copy(unsigned number) {
    const Key key = numbering_.keyOf(number);
    const Key &temporary = numbering_.copied(number);
    co_await save(1);
    use(key);       // ok
    use(temporary); // ok
  }
  Deferred<> before(unsigned number) {
    const Key &key = numbering_.keyOf(number);
    use(key);
    co_await save(1);
  }
  Deferred<> snapshot() {
    const std::vector<Key> all = numbering_.all();
    for (const Key &key : all)
      co_await save(key.low); // ok
  }
};

class Reader {
  Numbering numbering_; // nobody changes it through this class

public:
  Deferred<> element(unsigned number) {
    const Key &key = numbering_.keyOf(number);
    co_await save(key.low);
    use(key); // ok
  }
};
