// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One descriptor watched by a loop's epoll instance, and the ordered set of its timers.
#pragma once

#include "coroguard/detail/core.hpp"

#include <stdexcept>
#include <vector>

namespace coroguard::detail {

/// A watched descriptor. `on_event` runs on the loop thread while events are collected; it may only make nodes ready.
struct fd_watch {
  int fd = -1;
  std::uint32_t events = 0; ///< registered epoll events; 0: not registered
  bool background = false;  ///< does not count as something that may wake a task (the loop's own descriptors)
  void (*on_event)(fd_watch *, std::uint32_t events) = nullptr;
};

/// 4-ary min-heap of timers by (when, order). Entries are four to a cache line and name their node by a slot: moving one writes to a
/// small table, not into the node, which is cold. A node knows its slot, so removal is O(log n).
class timer_heap {
public:
  static constexpr unsigned slot_bits = 24;                              ///< 16 million timers at a time
  static constexpr std::uint64_t orders = std::uint64_t(1) << (64 - slot_bits); ///< `order` counts modulo this
  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }
  std::int64_t next() const noexcept { return entries_.front().when; }
  timer_node *top() const noexcept { return nodes_[entries_.front().slot()]; }
  /// Errors: std::bad_alloc; std::length_error if there are too many. Nothing has changed then.
  void push(timer_node *node, std::uint64_t order) {
    if (free_.empty())
      add_slot();
    entries_.push_back({});
    std::uint32_t slot = free_.back();
    free_.pop_back();
    nodes_[slot] = node;
    node->position = slot;
    sift_up(entries_.size() - 1, {node->when, (order << slot_bits) | slot});
  }
  void pop() noexcept { remove(top()); }
  void remove(timer_node *node) noexcept {
    std::uint32_t slot = node->position;
    std::size_t hole = positions_[slot];
    free_.push_back(slot); // has room: see add_slot
    node->position = timer_node::idle;
    entry last = entries_.back();
    entries_.pop_back();
    if (hole == entries_.size())
      return;
    if (hole > 0 && last < entries_[(hole - 1) / 4])
      sift_up(hole, last);
    else
      sift_down(hole, last);
  }
  /// Brings the nodes that may be next into the cache.
  void prefetch_next() const noexcept {
    for (std::size_t i = 1; i < 5 && i < entries_.size(); ++i)
      __builtin_prefetch(nodes_[entries_[i].slot()], 1);
  }

private:
  struct entry {
    std::int64_t when;
    std::uint64_t key; ///< order, slot
    std::uint32_t slot() const noexcept { return std::uint32_t(key & ((1u << slot_bits) - 1)); }
    friend bool operator<(const entry &a, const entry &b) noexcept {
      return a.when != b.when ? a.when < b.when : a.key < b.key;
    }
  };
  [[gnu::noinline]] void add_slot() {
    if (nodes_.size() >= (1u << slot_bits))
      throw std::length_error("coroguard: more than 16 million timers");
    free_.reserve(nodes_.size() + 1 > free_.capacity() ? nodes_.size() * 2 + 16 : 0);
    positions_.reserve(free_.capacity());
    nodes_.reserve(free_.capacity());
    free_.push_back(std::uint32_t(nodes_.size()));
    positions_.push_back(0);
    nodes_.push_back(nullptr);
  }
  void place(std::size_t i, const entry &e) noexcept {
    entries_[i] = e;
    positions_[e.slot()] = std::uint32_t(i);
  }
  void sift_up(std::size_t hole, entry e) noexcept {
    while (hole > 0) {
      std::size_t parent = (hole - 1) / 4;
      if (!(e < entries_[parent]))
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
        if (entries_[c] < entries_[best])
          best = c;
      if (!(entries_[best] < e))
        break;
      place(hole, entries_[best]);
      hole = best;
    }
    place(hole, e);
  }
  std::vector<entry> entries_;
  std::vector<timer_node *> nodes_;      ///< by slot
  std::vector<std::uint32_t> positions_; ///< by slot: where its entry is
  std::vector<std::uint32_t> free_;      ///< slots not in use; its capacity is at least the number of slots
};

} // namespace coroguard::detail
