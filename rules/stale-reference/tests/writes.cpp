// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Writes through what went stale, names that are unpacked, and locals that get their value later.
#include "acme.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

using acme::Deferred;

namespace absl { // as Abseil's: elements move when it grows
template <class K, class V> class flat_hash_map {
public:
  using iterator = std::pair<const K, V> *;
  ~flat_hash_map();
  iterator begin();
  iterator end();
  V &operator[](const K &key);
  V &at(const K &key);
  void erase(const K &key);
  template <class... A> std::pair<iterator, bool> try_emplace(const K &key, A &&...arguments);
};
template <class K, class V> class node_hash_map : public flat_hash_map<K, V> {
public:
  V &at(const K &key);
  template <class... A> void try_emplace(const K &key, A &&...arguments);
};
} // namespace absl

struct Peer {
  int port = 0, weight = 0;
  std::string name;
  Peer &operator=(int port);
  void touch();
};
Deferred<> save(int key);
Deferred<int> load(int key);
Deferred<Peer> find_peer();
void use(int value);
void show(std::string_view text);

class Registry {
  std::vector<int> numbers_;
  std::vector<Peer> peers_;
  std::vector<std::vector<int>> grid_;
  std::vector<std::pair<int, Peer>> ranked_;
  std::map<int, Peer> by_id_;
  std::unordered_map<std::string, Peer> by_name_;
  std::variant<int, Peer> current_;
  std::string title_;

public:
  void clear() {
    numbers_.clear();
    peers_.clear();
    grid_.clear();
    ranked_.clear();
    by_id_.clear();
    by_name_.clear();
    current_ = 1;
    title_.clear();
  }

  Deferred<> writes() {
    auto &number = numbers_.front();
    auto &peer = peers_[0];
    auto &cell = grid_[1][2];
    auto &row = grid_[1];
    auto &nested = row[2];
    auto &name = peers_.back().name;
    auto it = numbers_.begin();
    auto *data = numbers_.data();
    std::span<int> view{numbers_};
    co_await save(1);
    number = 1; // warn: "number"
    peer = 80;  // warn: "peer"
    cell += 1;  // warn: "cell"
    nested = 2; // warn: "nested"
    name = "x"; // warn: "name"
    *it = 3;    // warn: "it"
    data[1] = 4; // warn: "data"
    view[2] = 5; // warn: "view"
  }
  Deferred<> awaited_values() {
    auto &number = numbers_.front();
    number = co_await load(1); // warn: "number"
    auto &peer = peers_[0];
    peer = co_await find_peer(); // warn: "peer"
    auto it = by_id_.find(1);
    it->second = co_await find_peer(); // warn: "it"
  }
  Deferred<> unpacked() {
    auto &[port, weight, name] = peers_[0];
    auto &[id, peer] = *by_id_.begin();
    auto &[rank, best] = ranked_.front();
    auto [found, fresh] = by_id_.try_emplace(1);
    co_await save(id);
    weight = 1;  // warn: "weight"
    peer.touch(); // warn: "peer"
    best.port = 80; // warn: "best"
    if (fresh) // ok: a flag of our own
      found->second.port = 80; // warn: "found"
  }
  Deferred<> made_here() {
    auto &peer = peers_.emplace_back();
    auto it = by_name_.insert_or_assign("a", Peer{}).first;
    auto &other = by_id_.emplace(1, Peer{}).first->second;
    auto later = peers_.begin() + 3;
    auto *held = std::get_if<Peer>(&current_);
    co_await save(1);
    peer.port = 1; // warn: "peer"
    it->second.port = 2; // warn: "it"
    other.port = 3; // warn: "other"
    later->port = 4; // warn: "later"
    held->port = 5; // warn: "held"
  }
  Deferred<> through_an_iterator(int id) {
    auto it = by_id_.find(id);
    if (it == by_id_.end())
      co_return;
    Peer &peer = it->second;
    co_await save(1);
    peer.touch(); // warn: "peer"
  }
  Deferred<> given_later(bool known) {
    Peer *peer = nullptr;
    std::string_view title = "none";
    if (known) {
      peer = &peers_[0];
      title = title_;
    }
    co_await save(1);
    if (peer) // ok: only compared
      peer->touch(); // warn: "peer"
    show(title); // warn: "title"
  }

  // --- silent ---------------------------------------------------------------------------------------------------

  Deferred<> given_again() {
    Peer *peer = nullptr;
    std::string_view title = "none";
    for (int i = 0; i < 3; ++i) {
      peer = &peers_[0];
      title = title_;
      peer->touch();
      show(title);
      co_await save(i);
    }
    peer = nullptr;
    title = "done";
    show(title);
    auto [it, fresh] = by_id_.try_emplace(1);
    it->second.touch();
    co_await save(2);
    it = by_id_.find(1);
    if (!fresh && it != by_id_.end())
      it->second.touch();
  }
  Deferred<> own_values() {
    auto [port, weight, name] = peers_[0];
    auto peer = peers_[0];
    auto number = numbers_.front();
    co_await save(port);
    weight = 1;
    name = "x";
    peer = 80;
    number = 1;
    use(weight + number);
  }
  Deferred<> before_only() {
    auto &number = numbers_.front();
    number = 1;
    co_await save(number);
  }
};

class Elsewhere {
  absl::flat_hash_map<int, Peer> flat_;
  absl::node_hash_map<int, Peer> nodes_;

public:
  void add(int id) {
    flat_.try_emplace(id);
    nodes_.try_emplace(id);
  }
  Deferred<> use_it(int id) {
    Peer &peer = flat_.at(id);
    Peer &stays = nodes_.at(id);
    co_await save(id);
    peer.touch();  // warn: "peer"
    stays.touch(); // ok: growing leaves it where it is
  }
};

class Downloads {
  std::vector<int> running_, waiting_;

public:
  Deferred<> all() {
    running_.push_back(1);
    co_await each();
    running_.clear();
  }
  Deferred<> each() {
    for (int download : running_) { // ok: the only one who changes it waits for this
      co_await acme::GiveWay{};
      (void)download;
    }
  }
  Deferred<> other() {
    waiting_.push_back(2);
    auto later = others();
    waiting_.clear();
    co_await std::move(later);
  }
  Deferred<> others() {
    for (int download : waiting_) { // warn: "waiting_"
      co_await acme::GiveWay{};
      (void)download;
    }
  }
};
