// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Loops over members: what growth does to hash tables, loops that end what they go over, changes at the begin and end of an
// object's life.
#include "seastar.hpp"

#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

struct Reader {
  seastar::future<> close();
  seastar::future<int> read();
};
seastar::future<> scan(const std::string &name);
void use(int value);

class Marks {
  std::unordered_set<std::string> dirty_;
  std::unordered_map<int, int> counts_;

public:
  void mark(const std::string &name, int key) {
    dirty_.insert(name);
    counts_.emplace(key, 1);
  }
  seastar::future<> flush() {
    for (const auto &name : dirty_) // warn: "this loop over 'dirty_' is suspended in its body, and 'Marks::mark' may change"
      co_await scan(name);
    dirty_.clear();
  }
  seastar::future<> by_hand() {
    for (auto it = dirty_.begin(); it != dirty_.end(); ++it) // warn: "'it' refers into 'dirty_'"
      co_await scan("");
  }
  seastar::future<> element(int key) {
    auto &count = counts_[key];
    co_await scan("");
    use(count); // ok: the node of a hash table stays where it is
  }
};

class Table {
  std::vector<std::shared_ptr<Reader>> readers_;
  std::vector<std::string> old_;
  int reads_ = 0;

public:
  void add(std::shared_ptr<Reader> reader) { readers_.push_back(reader); }

  seastar::future<> close() {
    for (auto &reader : readers_) // ok: it ends them, and the table with them
      co_await reader->close();
    readers_.clear();
  }
  seastar::future<> read() {
    for (auto &reader : readers_) // warn: "this loop over 'readers_'"
      reads_ += co_await reader->read();
  }
  seastar::future<> open() {
    old_.push_back("first");
    co_await scan("");
  }
  seastar::future<> names() {
    for (auto &name : old_) // ok: changed by open() only
      co_await scan(name);
  }
};

// A blocking lock keeps others out, whatever else is wrong with it.
class Locked {
  std::mutex mutex_;
  std::vector<std::string> peers_;

public:
  void add(std::string peer) {
    std::lock_guard guard(mutex_);
    peers_.push_back(peer);
  }
  seastar::future<> stop() {
    std::lock_guard guard(mutex_);
    for (const auto &peer : peers_) // ok: async-lock-across-suspend speaks
      co_await scan(peer);
  }
  seastar::future<> unlocked() {
    std::unique_lock lock(mutex_);
    lock.unlock();
    for (const auto &peer : peers_) // warn: "peers_"
      co_await scan(peer);
  }
};

/// A container that adds with `add`.
template <class T> class Bag {
public:
  T *begin();
  T *end();
  void add(T value);
};
class Guests {
public:
  void join(std::string name) { names_.add(std::move(name)); }
  seastar::future<> greet() {
    for (auto &name : names_) // warn: "this loop over 'names_'"
      co_await say(name);
  }

private:
  static seastar::future<> say(std::string name);
  Bag<std::string> names_;
};

// The first of a queue stays where it is while others are put behind it, and while another is taken it does not.
class Jobs {
  std::queue<std::vector<std::string>> waiting_;
  std::queue<std::vector<std::string>> shared_;

public:
  void add(std::vector<std::string> names) {
    waiting_.push(names);
    shared_.emplace(std::move(names));
  }
  void skip() { shared_.pop(); }
  seastar::future<> work() {
    const auto &names = waiting_.front();
    for (const auto &name : names) // ok
      co_await scan(name);
    waiting_.pop();
  }
  seastar::future<> race() {
    const auto &names = shared_.front();
    for (const auto &name : names) // warn: "shared_"
      co_await scan(name);
  }
};

// Set up before anything runs, whatever it is given.
class Protocol {
  std::vector<int> shares_;
  std::vector<int> rounds_, started_;

public:
  void initShares(int count) { shares_.assign(count, 0); }
  void add(int share) { rounds_.push_back(share); }
  void initiate_round(int round) { started_.push_back(round); }
  seastar::future<> run() {
    for (int share : shares_) { // ok
      co_await scan("");
      use(share);
    }
    for (int share : rounds_) { // warn: "this loop over 'rounds_' is suspended in its body, and 'Protocol::add' may change"
      co_await scan("");
      use(share);
    }
    for (int round : started_) { // warn: "this loop over 'started_' is suspended in its body"
      co_await scan("");
      use(round);
    }
  }
};
