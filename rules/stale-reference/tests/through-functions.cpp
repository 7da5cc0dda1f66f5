// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Pointers and references that a function of the same object gives, and what a shared pointer owns.
#include "acme.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

using acme::Deferred;

Deferred<> step();
Deferred<> with(std::shared_ptr<std::string> text);
void show(const std::string &name);

struct Peer {
  int id = 0;
  std::string name;
};
class Peers {
public:
  Deferred<> found(int id) {
    if (Peer *peer = find(id)) {
      co_await step();
      show(peer->name); // warn: "'peer' refers into 'peers_', which 'Peers::add' may change"
    }
  }
  Deferred<> first() {
    Peer &peer = front();
    co_await step();
    show(peer.name); // warn: "'peer' refers into 'peers_'"
  }
  Deferred<> found_again(int id) {
    Peer *peer = find(id);
    co_await step();
    peer = find(id);
    show(peer->name); // ok
  }
  Deferred<> counted(int id) {
    int &count = counter();
    co_await step();
    ++count; // ok: nobody replaces it
  }
  void add(Peer peer) { peers_.push_back(std::move(peer)); }

private:
  Peer *find(int id) {
    for (Peer &peer : peers_)
      if (peer.id == id)
        return &peer;
    return nullptr;
  }
  Peer &front() { return peers_.front(); }
  int &counter() { return count_; }

  std::vector<Peer> peers_;
  int count_ = 0;
};

class Service {
public:
  void reload(std::string text) { text_ = std::make_shared<std::string>(std::move(text)); }

  Deferred<> followed() {
    const std::string &text = *text_;
    co_await step();
    show(text); // warn: "'text' refers into 'text_', which 'Service::reload' may change"
  }
  Deferred<> got() {
    const std::string *text = text_.get();
    co_await step();
    show(*text); // warn: "'text' refers into 'text_'"
  }
  Deferred<> kept() {
    auto share = text_;
    const std::string &text = *text_;
    co_await step();
    show(text); // ok
  }
  Deferred<> given() {
    const std::string &text = *text_;
    co_await with(text_);
    show(text); // ok: a share goes with it
  }
  Deferred<> never_replaced() {
    const std::string &text = *fixed_;
    co_await step();
    show(text); // ok
  }

private:
  std::shared_ptr<std::string> text_ = std::make_shared<std::string>();
  std::shared_ptr<std::string> fixed_ = std::make_shared<std::string>();
};
