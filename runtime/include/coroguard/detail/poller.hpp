// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One descriptor watched by a loop's epoll instance, and the ordered set of its timers.
#pragma once

#include "coroguard/detail/core.hpp"

#include <vector>

namespace coroguard::detail {

/// A watched descriptor. `on_event` runs on the loop thread while events are collected; it may only make nodes ready.
struct fd_watch {
  int fd = -1;
  std::uint32_t events = 0; ///< registered epoll events; 0: not registered
  bool background = false;  ///< does not count as something that may wake a task (the loop's own descriptors)
  void (*on_event)(fd_watch *, std::uint32_t events) = nullptr;
};

/// 4-ary min-heap of timers by (when, order). Nodes know their position, so removal is O(log n).
class timer_heap {
public:
  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }
  std::int64_t next() const noexcept { return entries_.front().when; }
  timer_node *top() const noexcept { return entries_.front().node; }
  void push(timer_node *node) {
    entries_.push_back({});
    sift_up(entries_.size() - 1, {node->when, node->order, node});
  }
  void pop() noexcept { remove(entries_.front().node); }
  void remove(timer_node *node) noexcept {
    std::size_t hole = node->position;
    entry last = entries_.back();
    entries_.pop_back();
    node->position = timer_node::idle;
    if (hole == entries_.size())
      return;
    if (hole > 0 && before(last, entries_[(hole - 1) / 4]))
      sift_up(hole, last);
    else
      sift_down(hole, last);
  }

private:
  struct entry {
    std::int64_t when;
    std::uint64_t order;
    timer_node *node;
  };
  static bool before(const entry &a, const entry &b) noexcept {
    return a.when != b.when ? a.when < b.when : a.order < b.order;
  }
  void place(std::size_t i, const entry &e) noexcept {
    entries_[i] = e;
    e.node->position = std::uint32_t(i);
  }
  void sift_up(std::size_t hole, entry e) noexcept {
    while (hole > 0) {
      std::size_t parent = (hole - 1) / 4;
      if (!before(e, entries_[parent]))
        break;
      place(hole, entries_[parent]);
      hole = parent;
    }
    place(hole, e);
  }
  void sift_down(std::size_t hole, entry e) noexcept {
    for (std::size_t n = entries_.size();;) {
      std::size_t first = hole * 4 + 1, best = first;
      if (first >= n)
        break;
      for (std::size_t c = first + 1; c < first + 4 && c < n; ++c)
        if (before(entries_[c], entries_[best]))
          best = c;
      if (!before(entries_[best], e))
        break;
      place(hole, entries_[best]);
      hole = best;
    }
    place(hole, e);
  }
  std::vector<entry> entries_;
};

} // namespace coroguard::detail
