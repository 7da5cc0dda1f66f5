// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Intrusive lists: of whatever must be found and taken out again, and of those who wait for a future. Members unlink themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>

namespace coroguard::detail {

struct future_core;

/// Node of a circular doubly-linked list; unlinks itself when destroyed.
struct list_node {
  list_node *prev; ///< meaningful while linked. Set apart from `next`: one wide store would stall the loads that follow
  list_node *next = nullptr;
  list_node() noexcept {}
  list_node(list_node &&) noexcept {} ///< never takes over the links: awaiters move only before they suspend
  list_node &operator=(const list_node &) = delete;
  ~list_node() { unlink(); }
  bool linked() const noexcept { return next != nullptr; }
  void unlink() noexcept {
    if (next) {
      prev->next = next;
      next->prev = prev;
      next = nullptr;
    }
  }
};

/// List of `Node`s (derived from list_node). Destroying it leaves the nodes unlinked.
template <class Node> struct list {
  list_node root;
  list() noexcept { root.prev = root.next = &root; }
  ~list() {
    while (!empty())
      root.next->unlink();
    root.next = nullptr;
  }
  bool empty() const noexcept { return root.next == &root; }
  Node *front() const noexcept { return static_cast<Node *>(root.next); }
  void push_back(Node *node) noexcept {
    list_node *n = node;
    n->prev = root.prev;
    n->next = &root;
    root.prev->next = n;
    root.prev = n;
  }
  void push_front(Node *node) noexcept {
    list_node *n = node;
    n->next = root.next;
    n->prev = &root;
    root.next->prev = n;
    root.next = n;
  }
  Node *pop_front() noexcept {
    Node *n = front();
    static_cast<list_node *>(n)->unlink();
    return n;
  }
  template <class F> void each(F f) const {
    for (list_node *n = root.next; n != &root;) {
      list_node *following = n->next;
      f(static_cast<Node *>(n));
      n = following;
    }
  }
  std::size_t size() const noexcept {
    std::size_t n = 0;
    each([&](Node *) { ++n; });
    return n;
  }
};

/// Counts futures that end with a value, without a node for each of them, and is told of every other end and of the last one.
struct tally {
  std::size_t pending = 0;
  void (*on_end)(tally *, future_core *) noexcept = nullptr; ///< takes `pending` down itself
};

/// Unlinks itself when destroyed. Single-headed, so that the list is one word of every future.
struct done_node {
  done_node *next;
  done_node **link = nullptr; ///< what points to this node; null if it is in no list
  void (*on_done)(done_node *, future_core *) = nullptr; ///< called once, at completion, the node already unlinked
  done_node() noexcept {}
  done_node(done_node &&) noexcept {} ///< never takes over the links: awaiters move only before they suspend
  done_node &operator=(const done_node &) = delete;
  ~done_node() { unlink(); }
  inline void unlink() noexcept;
};

/// Who waits for one future, newest first. The oldest may be a tally, which stands where the list ends. Destroying it leaves the
/// nodes unlinked.
class done_list {
public:
  done_list() noexcept = default;
  done_list(const done_list &) = delete;
  done_list &operator=(const done_list &) = delete;
  ~done_list() {
    while (done_node *node = newest())
      node->unlink();
  }
  static bool is_node(done_node *word) noexcept { return word && !(reinterpret_cast<std::uintptr_t>(word) & 1); }
  bool empty() const noexcept { return !first_; }
  /// Null if there is none, or only a tally.
  done_node *newest() const noexcept { return is_node(first_) ? first_ : nullptr; }
  /// Is a tally all there is? Then it is taken out.
  bool only_tally() const noexcept { return reinterpret_cast<std::uintptr_t>(first_) & 1; }
  tally &take_only_tally() noexcept { return *as_tally(std::exchange(first_, nullptr)); }
  void add(done_node *node) noexcept {
    if (is_node(node->next = first_))
      first_->link = &node->next;
    node->link = &first_;
    first_ = node;
  }
  /// False if somebody is there already: a tally is the oldest.
  bool add(tally *t) noexcept {
    if (first_)
      return false;
    first_ = reinterpret_cast<done_node *>(reinterpret_cast<std::uintptr_t>(t) | 1);
    return true;
  }
  /// Takes the tally out; null if there is none, or another than `which`.
  tally *take_tally(const tally *which = nullptr) noexcept {
    done_node **at = &first_;
    while (is_node(*at))
      at = &(*at)->next;
    tally *t = as_tally(*at);
    if (which && t != which)
      return nullptr;
    *at = nullptr;
    return t;
  }
  /// Turns it round: oldest first. There is no tally.
  void reverse() noexcept {
    done_node *turned = nullptr;
    while (done_node *node = first_) {
      node->unlink();
      if ((node->next = turned))
        turned->link = &node->next;
      node->link = &turned;
      turned = node;
    }
    if ((first_ = turned))
      first_->link = &first_;
  }

private:
  static tally *as_tally(done_node *word) noexcept {
    auto bits = reinterpret_cast<std::uintptr_t>(word);
    return bits & 1 ? reinterpret_cast<tally *>(bits - 1) : nullptr;
  }
  done_node *first_ = nullptr; ///< marked by bit 0: a tally; so is the `next` of the oldest node
};
inline void done_node::unlink() noexcept {
  if (link) {
    if (done_list::is_node(*link = next))
      next->link = link;
    link = nullptr;
  }
}

} // namespace coroguard::detail
