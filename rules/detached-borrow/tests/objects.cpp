// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Objects that end while a chain begun by one of their own members goes on.
#include "seastar.hpp"

#include <deque>
#include <memory>
#include <utility>

using seastar::future;

struct Stream {
  future<> finish();
};
struct Link {
  Stream in, out;
  int uses = 0;
  bool open = true;
  Link();
  Link(Link &&other) noexcept;
  ~Link();
  bool stale() const;

  future<> shut() {
    if (!open)
      return seastar::make_ready_future<>();
    open = false;
    return out.finish().then([this] { return in.finish(); }).handle_exception([](auto) {});
  }
  future<> shut_by_value() {
    return out.finish().then([*this]() mutable { return seastar::make_ready_future<>(); }); // its own copy
  }
  future<> shut_first() {
    open = false;
    return out.finish().handle_exception([](auto) {}); // nothing of the object afterwards
  }
  future<> counted() {
    (void)out.finish().then([this] { ++uses; }); // not what is returned
    return in.finish();
  }
  Link(const Link &other);
};

class Links {
  std::deque<Link> idle_;

public:
  void drop_stale() {
    while (!idle_.empty()) {
      Link link = std::move(idle_.back());
      idle_.pop_back();
      if (link.stale()) {
        (void)link.shut(); // warn: "the work started here refers to 'link', but nothing waits for it before 'link' is destroyed"
        continue;
      }
      (void)link.shut_first();    // ok
      (void)link.shut_by_value(); // ok
      (void)link.counted();       // ok: what it returns does not use the object
    }
  }
  void drop_unless_used() {
    Link link = std::move(idle_.back());
    if (link.stale()) {
      (void)link.shut(); // ok: the loop below may wait for it
    }
    while (link.uses > 0)
      link.uses = 0;
  }
  void drop_and_return(bool now) {
    Link link = std::move(idle_.back());
    if (now) {
      (void)link.shut(); // warn: "the work started here refers to 'link'"
      return;
    }
    link.shut().get(); // ok
  }
  void drop_one() {
    auto link = std::make_unique<Link>(std::move(idle_.back()));
    idle_.pop_back();
    Link *bare = link.get();
    (void)bare->shut().finally([link = std::move(link)] {}); // ok: kept until it is done
  }
  void drop_two() {
    auto link = std::make_unique<Link>(std::move(idle_.back()));
    auto &ref = *link;
    (void)ref.shut().finally([link = std::move(link)] {}); // ok
  }
  void drop_three() {
    auto link = seastar::make_lw_shared<Link>(std::move(idle_.back()));
    (void)link->shut().finally([link] {}); // ok
  }
  future<> drop_in_turn() {
    Link link = std::move(idle_.back());
    idle_.pop_back();
    co_await link.shut(); // ok
  }
  future<> drop_with() {
    return seastar::do_with(std::move(idle_.back()), [](Link &link) { return link.shut(); }); // ok
  }
  void drop_and_wait() {
    Link link = std::move(idle_.back());
    link.shut().get(); // ok
  }
};
