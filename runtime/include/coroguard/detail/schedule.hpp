// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which ready node runs next, when the order is drawn from a seed or replayed. Choice 0 is always first come first served.
#pragma once

#include <cstdint>
#include <vector>

namespace coroguard::detail {

class schedule {
public:
  /// Draws from `seed`.
  explicit schedule(std::uint64_t seed) noexcept : state_(seed * 0x9e3779b97f4a7c15ull + 0x1234567), drawing_(true) {}
  /// Replays `choices`, then 0.
  explicit schedule(std::vector<std::uint32_t> choices) noexcept : choices_(std::move(choices)) {}

  /// Picks one of `n` (n > 1).
  std::uint32_t choose(std::uint32_t n) {
    std::uint32_t pick = 0;
    if (drawing_)
      pick = std::uint32_t(draw() % n);
    else if (position_ < choices_.size())
      pick = choices_[position_] % n;
    ++position_;
    taken_.push_back(pick);
    return pick;
  }
  std::uint64_t draw() noexcept { // splitmix64
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ull);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }
  const std::vector<std::uint32_t> &taken() const noexcept { return taken_; }

  /// Step numbers at which a task is cancelled at random; set by the explorer.
  bool inject_cancellation = false;
  std::uint64_t cancel_at_step = 0;
  std::uint64_t steps = 0;
  std::uint64_t max_steps = ~0ull; ///< more: the run hangs
  std::uint64_t injected = 0;

private:
  std::uint64_t state_ = 0;
  bool drawing_ = false;
  std::vector<std::uint32_t> choices_, taken_;
  std::size_t position_ = 0;
};

} // namespace coroguard::detail
