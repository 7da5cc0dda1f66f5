// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// References that stay right across a suspension, or are not used after it.
#include "acme.hpp"

#include <array>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using acme::Deferred;

struct Peer {
  std::string name;
  int port = 0;
  Deferred<> ping();
};
Deferred<> save(int key);
Deferred<std::vector<int>> numbers();
void use(int value);
void show(std::string_view text);

const std::vector<int> table = {1, 2, 3};
constexpr std::array<int, 3> fixed = {1, 2, 3};
std::vector<Peer> &peers();

class Registry {
  std::vector<Peer> peers_;
  std::vector<std::shared_ptr<Peer>> shared_;
  const std::vector<int> settled_ = {1, 2, 3};
  std::string title_;
  std::shared_ptr<Peer> leader_;
  int count_ = 0;

public:
  void add(Peer peer) { peers_.push_back(std::move(peer)); }
  void lead(std::shared_ptr<Peer> peer) { leader_ = std::move(peer); }

  Deferred<> used_before_only(std::size_t i) {
    auto &peer = peers_[i];
    use(peer.port);
    co_await save(1);
  }
  Deferred<> used_in_the_operand(std::size_t i) {
    auto &peer = peers_[i];
    co_await save(peer.port); // ok: evaluated before the suspension
  }
  Deferred<> copies(std::size_t i) {
    auto peer = peers_[i];
    auto all = peers_;
    std::string title = title_;
    co_await save(1);
    use(peer.port);
    show(title);
    for (auto &each : all) {
      co_await save(each.port);
      use(each.port);
    }
  }
  Deferred<> strong(std::size_t i) {
    auto peer = shared_[i];
    auto leader = leader_;
    co_await save(1);
    use(peer->port);
    use(leader->port);
  }
  Deferred<> indexes() {
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      co_await save(peers_[i].port);
      if (i < peers_.size())
        use(peers_[i].port);
    }
  }
  Deferred<> constants() {
    for (int value : settled_) {
      co_await save(value);
      use(value);
    }
    for (int value : table)
      co_await save(value);
    for (int value : fixed)
      co_await save(value);
    auto &first = settled_.front();
    co_await save(1);
    use(first);
  }
  Deferred<> own_members() {
    auto &count = count_; // ok: the member itself, no element of anything
    co_await save(1);
    ++count;
    auto &peers = peers_;
    co_await save(2);
    peers.clear();
    std::string &title = title_;
    co_await save(3);
    title += "x";
  }
};

Deferred<> locals() {
  std::vector<int> mine = {1, 2, 3};
  auto &first = mine.front();
  co_await save(1);
  use(first);
  for (int &value : mine) {
    co_await save(value);
    ++value;
  }
  std::string text = "x";
  std::string_view view = text;
  co_await save(2);
  show(view);
  auto it = mine.begin();
  co_await save(3);
  use(*it);
  for (int value : co_await numbers())
    co_await save(value);
}
Deferred<> literals() {
  std::string_view name = "fixed";
  const char *text = "literal";
  co_await save(1);
  show(name);
  show(text);
}
Deferred<> value_parameter(std::vector<Peer> mine) {
  for (auto &peer : mine) {
    co_await save(peer.port);
    use(peer.port);
  }
}
