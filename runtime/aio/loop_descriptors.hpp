// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the parts of event_loop.cpp that deal with descriptors and processes share.
#pragma once

#include "coroguard/event_loop.hpp"
#include "runtime/aio/system_calls.hpp"

#include <atomic>
#include <mutex>

namespace coroguard {

namespace detail {
/// Counts the forks this process is the child of: a loop made before one cannot be used after it.
extern std::atomic<unsigned> fork_generation;
void watch_forks();
extern std::mutex pools_mutex; ///< of the list of thread pools; held while the process forks
/// What a signal handler adds to the loop's eventfd: more than all senders together ever do.
inline constexpr std::uint64_t signal_wake_up = std::uint64_t(1) << 32;
} // namespace detail

/// A descriptor given to add_reader or add_writer.
struct event_loop::watch_of_user {
  detail::fd_watch watch; ///< first: on_event finds the rest by it
  event_loop *loop = nullptr;
  std::function<void()> readable, writable;
};

} // namespace coroguard
