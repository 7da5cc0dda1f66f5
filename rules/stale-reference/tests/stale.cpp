// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References, pointers, iterators and views into storage that others may change while the coroutine is suspended.
#include "acme.hpp"

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

using acme::Deferred;

struct Peer {
  std::string name;
  int port = 0;
  Deferred<> ping();
};
Deferred<> save(int key);
void use(int value);
void show(std::string_view text);

std::vector<Peer> all_peers;
std::string banner;

class Registry {
  std::vector<Peer> peers_;
  std::vector<int> numbers_;
  std::deque<Peer> waiting_;
  std::unordered_map<int, Peer> by_id_;
  std::map<std::string, std::vector<int>> groups_;
  std::optional<Peer> current_;
  std::unique_ptr<Peer> leader_;
  std::string title_;

public:
  void add(Peer peer) { peers_.push_back(std::move(peer)); }
  void rename(std::string title) { title_ = std::move(title); }
  void elect(std::unique_ptr<Peer> peer) { leader_ = std::move(peer); }
  void clear() {
    current_.reset();
    by_id_.clear();
    waiting_.clear();
    numbers_.push_back(1);
    groups_.clear();
    all_peers.clear();
    banner += "x";
  }

  Deferred<> element_reference(std::size_t i) {
    auto &peer = peers_[i];
    co_await save(1);
    peer.port = 80; // warn: "peer"
  }
  Deferred<> element_pointer(std::size_t i) {
    Peer *peer = &peers_[i];
    co_await save(1);
    use(peer->port); // warn: "peer"
  }
  Deferred<> front_reference() {
    const Peer &first = waiting_.front();
    co_await save(1);
    use(first.port); // warn: "first"
  }
  Deferred<> iterator(int id) {
    auto it = by_id_.find(id);
    if (it == by_id_.end())
      co_return;
    co_await save(1);
    use(it->second.port); // warn: "it"
  }
  Deferred<> loop() {
    for (auto &number : numbers_) { // warn: "numbers_"
      use(number);
      co_await save(number);
    }
  }
  Deferred<> loop_by_value() {
    for (int number : numbers_) { // warn: "numbers_"
      co_await save(number);
    }
  }
  Deferred<> loop_by_iterator() {
    for (auto it = peers_.begin(); it != peers_.end(); ++it) // warn: "it"
      co_await save(1);
  }
  Deferred<> view() {
    std::string_view title = title_;
    co_await save(1);
    show(title); // warn: "title"
  }
  Deferred<> data_pointer() {
    const char *text = title_.c_str();
    co_await save(1);
    show(text); // warn: "text"
  }
  Deferred<> span() {
    std::span<int> numbers(numbers_);
    co_await save(1);
    use(numbers[0]); // warn: "numbers"
  }
  Deferred<> optional_value() {
    if (!current_)
      co_return;
    auto &peer = *current_;
    co_await save(1);
    use(peer.port); // warn: "peer"
  }
  Deferred<> owned_pointer() {
    Peer *leader = leader_.get();
    co_await save(1);
    use(leader->port); // warn: "leader"
  }
  Deferred<> some_paths(std::size_t i, bool slow) {
    auto &peer = peers_[i];
    if (slow)
      co_await save(1);
    use(peer.port); // warn: "peer"
  }
  Deferred<> back_edge() {
    auto &peer = peers_.front();
    for (int i = 0; i < 3; ++i) {
      use(peer.port); // warn: "peer"
      co_await save(i);
    }
  }
  Deferred<> derived_again(std::size_t i) {
    auto *peer = &peers_[i];
    co_await save(1);
    peer = &peers_[i];
    use(peer->port); // ok
    co_await save(2);
    use(peers_[i].port); // ok
  }
};

Deferred<> global_element() {
  auto &peer = all_peers.front();
  co_await save(1);
  use(peer.port); // warn: "peer"
}
Deferred<> global_view() {
  std::string_view text = banner;
  co_await save(1);
  show(text); // warn: "text"
}
