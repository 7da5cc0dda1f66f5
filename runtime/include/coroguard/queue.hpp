// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// queue, priority_queue, lifo_queue: hand items from tasks to tasks of one loop, with back-pressure (asyncio.Queue).
//
//   coroguard::queue<job> q(100);                       // at most 100 wait in it
//   co_await q.put(job{…});                             // producer
//   auto j = co_await q.get(); work(j); q.task_done();  // consumer
//   co_await q.join();                                  // until every item was marked done
#pragma once

#include "coroguard/detail/park.hpp"

#include <algorithm>
#include <memory>
#include <vector>

namespace coroguard {

namespace detail {

extern const wait_operations queue_get_wait, queue_put_wait, queue_join_wait;

/// Ring buffer, first in first out.
template <class T> class fifo_items {
public:
  fifo_items() = default;
  fifo_items(const fifo_items &) = delete;
  ~fifo_items() {
    while (size_)
      pop();
    std::allocator<T>().deallocate(items_, capacity_);
  }
  std::size_t size() const noexcept { return size_; }
  void push(T &&value) {
    if (size_ == capacity_)
      grow();
    std::construct_at(items_ + ((first_ + size_) & (capacity_ - 1)), std::move(value));
    ++size_;
  }
  T pop() {
    T *at = items_ + first_;
    T value(std::move(*at));
    std::destroy_at(at);
    first_ = (first_ + 1) & (capacity_ - 1);
    --size_;
    return value;
  }

private:
  void grow() {
    std::size_t next = capacity_ ? capacity_ * 2 : 4;
    T *bigger = std::allocator<T>().allocate(next);
    for (std::size_t i = 0; i < size_; ++i) {
      T *from = items_ + ((first_ + i) & (capacity_ - 1));
      std::construct_at(bigger + i, std::move(*from));
      std::destroy_at(from);
    }
    if (items_)
      std::allocator<T>().deallocate(items_, capacity_);
    items_ = bigger;
    capacity_ = next;
    first_ = 0;
  }
  T *items_ = nullptr;
  std::size_t capacity_ = 0, first_ = 0, size_ = 0;
};

template <class T> class lifo_items {
public:
  std::size_t size() const noexcept { return items_.size(); }
  void push(T &&value) { items_.push_back(std::move(value)); }
  T pop() {
    T value(std::move(items_.back()));
    items_.pop_back();
    return value;
  }

private:
  std::vector<T> items_;
};

/// Smallest first by `Less`.
template <class T, class Less> class priority_items {
public:
  std::size_t size() const noexcept { return items_.size(); }
  void push(T &&value) {
    items_.push_back(std::move(value));
    std::push_heap(items_.begin(), items_.end(), greater);
  }
  T pop() {
    std::pop_heap(items_.begin(), items_.end(), greater);
    T value(std::move(items_.back()));
    items_.pop_back();
    return value;
  }

private:
  static bool greater(const T &a, const T &b) { return Less()(b, a); }
  std::vector<T> items_;
};

} // namespace detail

/// The operations of all queues. Not copyable. Loop thread only.
template <class T, class Items> class basic_queue {
public:
  using value_type = T;
  /// `max_size` 0: unbounded.
  explicit basic_queue(std::size_t max_size = 0) : max_size_(max_size) {}
  basic_queue(const basic_queue &) = delete;
  basic_queue &operator=(const basic_queue &) = delete;

  std::size_t size() const noexcept { return items_.size(); }
  std::size_t max_size() const noexcept { return max_size_; }
  bool empty() const noexcept { return items_.size() == 0; }
  bool full() const noexcept { return max_size_ && items_.size() >= max_size_; }

private:
  struct side : detail::park { // shared by both awaiters
    basic_queue *q;
    side(const detail::wait_operations *ops, basic_queue &queue) noexcept : park(ops), q(&queue) {}
    side(side &&other) noexcept : park(std::move(other)), q(other.q) {}
  };
  template <bool Get> static void wake_next(detail::list<detail::park> &waiters) noexcept {
    if (!waiters.empty()) {
      auto *s = waiters.pop_front();
      static_cast<side *>(s)->q->turns_.push_back(s);
      s->task->run = &check_turn<Get>; // re-checks the queue when its turn comes
      s->grant();
    }
  }
  /// In the turn of a woken task: still nothing to do? Then wait on, at the end of the line.
  template <bool Get> static void check_turn(detail::ready_node *node) {
    auto *task = static_cast<detail::task_core *>(node);
    auto *s = static_cast<side *>(static_cast<detail::park *>(task->waiting));
    auto *q = s->q;
    s->unlink();
    bool blocked = Get ? q->empty() : q->full();
    task->run = nullptr;
    if (task->must_cancel) {
      if (!blocked)
        wake_next<Get>(Get ? q->getters_ : q->putters_);
    } else if (blocked && !q->shutdown_) {
      task->scheduled = false;
      s->woken = 0;
      (Get ? q->getters_ : q->putters_).push_back(s);
      return;
    }
    task->step();
  }

public:
  struct [[nodiscard]] get_awaiter : side {
    explicit get_awaiter(basic_queue &q) noexcept : side(&detail::queue_get_wait, q) {}
    get_awaiter(get_awaiter &&) noexcept = default;
    bool await_ready() const { return !this->q->empty() || this->q->shutdown_; }
    template <class P> void await_suspend(std::coroutine_handle<P> h) { this->suspend_in(this->q->getters_, h); }
    T await_resume() {
      if (this->task)
        this->task->check_cancelled();
      if (this->q->empty()) [[unlikely]]
        throw queue_shutdown();
      return this->q->take();
    }
  };
  struct [[nodiscard]] put_awaiter : side {
    T value;
    put_awaiter(basic_queue &q, T &&v) : side(&detail::queue_put_wait, q), value(std::move(v)) {}
    put_awaiter(put_awaiter &&) = default;
    bool await_ready() const { return !this->q->full() || this->q->shutdown_; }
    template <class P> void await_suspend(std::coroutine_handle<P> h) { this->suspend_in(this->q->putters_, h); }
    void await_resume() {
      if (this->task)
        this->task->check_cancelled();
      if (this->q->shutdown_) [[unlikely]]
        throw queue_shutdown();
      this->q->add(std::move(value));
    }
  };

  /// Waits for an item. Errors: queue_shutdown if shut down and empty; cancelled_error (no item is lost).
  get_awaiter get() noexcept { return get_awaiter(*this); }
  /// Waits for room. Errors: queue_shutdown; cancelled_error (then nothing was added).
  put_awaiter put(T value) { return put_awaiter(*this, std::move(value)); }
  /// Errors: queue_empty, queue_shutdown.
  T get_nowait() {
    if (empty()) {
      if (shutdown_)
        throw queue_shutdown();
      throw queue_empty();
    }
    return take();
  }
  /// Errors: queue_full, queue_shutdown.
  void put_nowait(T value) {
    if (shutdown_)
      throw queue_shutdown();
    if (full())
      throw queue_full();
    add(std::move(value));
  }
  /// One item got earlier is finished. Errors: invalid_state_error if called more often than items were put.
  void task_done() {
    if (unfinished_ == 0)
      throw invalid_state_error("coroguard: task_done() was called more often than items were put");
    if (--unfinished_ == 0)
      while (!joiners_.empty())
        joiners_.front()->wake();
  }
  /// Waits until task_done() was called for every item. What is put after that moment is not waited for.
  task<> join() {
    if (unfinished_ > 0)
      co_await detail::plain_park(&detail::queue_join_wait, joiners_);
  }
  /// put() throws from now on; get() once the queue is empty. `immediate`: drops what is left and counts it as done.
  void shutdown(bool immediate = false) {
    shutdown_ = true;
    if (immediate) {
      while (!empty()) {
        (void)items_.pop();
        if (unfinished_ > 0 && --unfinished_ == 0)
          while (!joiners_.empty())
            joiners_.front()->wake();
      }
    }
    while (!getters_.empty())
      wake_next<true>(getters_);
    while (!putters_.empty())
      wake_next<false>(putters_);
  }
  bool is_shutdown() const noexcept { return shutdown_; }
  std::size_t unfinished() const noexcept { return unfinished_; }

private:
  void add(T &&value) {
    items_.push(std::move(value));
    ++unfinished_;
    wake_next<true>(getters_);
  }
  T take() {
    T value = items_.pop();
    wake_next<false>(putters_);
    return value;
  }
  Items items_;
  std::size_t max_size_, unfinished_ = 0;
  bool shutdown_ = false;
  detail::park_list getters_, putters_, joiners_;
  detail::park_list turns_; ///< woken, not run yet
};

template <class T> using queue = basic_queue<T, detail::fifo_items<T>>;
template <class T> using lifo_queue = basic_queue<T, detail::lifo_items<T>>;
/// Gives the smallest item first.
template <class T, class Less = std::less<T>> using priority_queue = basic_queue<T, detail::priority_items<T, Less>>;

} // namespace coroguard
