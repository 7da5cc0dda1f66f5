// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// barrier: n tasks wait for each other, again and again (asyncio.Barrier).
//
//   coroguard::barrier start(3);
//   if (co_await start.wait() == 0) std::puts("all three are here");
#pragma once

#include "coroguard/detail/park.hpp"

namespace coroguard {

namespace detail {
extern const wait_operations barrier_wait;
}

/// Not copyable.
class barrier {
public:
  /// Errors: std::invalid_argument if `parties` is 0.
  explicit barrier(std::size_t parties) : parties_(parties) {
    if (parties == 0)
      throw std::invalid_argument("coroguard: a barrier needs at least one party");
  }
  barrier(const barrier &) = delete;
  barrier &operator=(const barrier &) = delete;

  /// Waits until all parties are here. Gives each another number from 0 to parties - 1. Errors: broken_barrier_error after
  /// abort() or reset(); cancelled_error.
  task<std::size_t> wait() {
    while (state_ == state::draining || state_ == state::resetting)
      co_await detail::plain_park(&detail::barrier_wait, waiters_);
    if (state_ == state::broken)
      throw broken_barrier_error();
    struct place {
      barrier *b;
      ~place() {
        if (b && --b->count_ == 0 && (b->state_ == state::draining || b->state_ == state::resetting)) {
          b->state_ = state::filling;
          b->wake_all();
        }
      }
    };
    std::size_t index = count_++;
    place mine{this};
    if (count_ == parties_) {
      state_ = state::draining;
      wake_all();
    } else {
      while (state_ == state::filling) {
        detail::plain_park waiting(&detail::barrier_wait, waiters_);
        try {
          co_await detail::in_place(waiting);
        } catch (const cancelled_error &) {
          if (waiting.orphaned())
            mine.b = nullptr; // the barrier is gone
          throw;
        }
      }
      if (state_ == state::broken || state_ == state::resetting)
        throw broken_barrier_error();
    }
    co_return index;
  }
  /// Those who wait, or have not run since the last party came, get broken_barrier_error; the barrier is as new afterwards.
  void reset() noexcept {
    state_ = count_ > 0 ? state::resetting : state::filling;
    wake_all();
  }
  /// Those who wait, and all who come later, get broken_barrier_error until reset().
  void abort() noexcept {
    state_ = state::broken;
    wake_all();
  }
  std::size_t parties() const noexcept { return parties_; }
  std::size_t n_waiting() const noexcept { return state_ == state::filling ? count_ : 0; }
  bool broken() const noexcept { return state_ == state::broken; }

private:
  enum class state : std::uint8_t { filling, draining, resetting, broken };
  void wake_all() noexcept {
    while (!waiters_.empty())
      waiters_.front()->wake();
  }
  std::size_t parties_, count_ = 0;
  state state_ = state::filling;
  detail::park_list waiters_;
};

} // namespace coroguard
