// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is known about each file descriptor: its kind, its mode, whether a loop waits for it. Asked once, forgotten when the
// descriptor is closed, made anew or changes its mode.
#pragma once

#include <atomic>
#include <stdint.h>

namespace coroguard::guard {

enum class descriptor_kind : uint8_t {
  unknown,
  regular,  ///< a file on disk, or a block device: every access may wait, O_NONBLOCK has no effect
  stream,   ///< socket, pipe, terminal, eventfd, timerfd, …: waits unless O_NONBLOCK is set
  harmless, ///< /dev/null, directories, procfs, unlinked memory files: never waits
};

struct descriptor {
  descriptor_kind kind;
  bool nonblocking;
  bool watched; ///< registered with an epoll set
};

inline constexpr unsigned max_descriptors = 65536;
extern std::atomic<uint8_t> descriptor_cache[max_descriptors] __attribute__((visibility("hidden")));

descriptor look_up_descriptor(int fd);

inline void forget_descriptor(int fd) {
  if (unsigned(fd) < max_descriptors)
    descriptor_cache[fd].store(0, std::memory_order_relaxed);
}
/// Keeps what else is known: fcntl and ioctl change the mode only, of all descriptors that share it.
void forget_descriptor_mode(int fd);
/// One is a copy of the other: they share their mode.
void note_copied_descriptor(int one, int other);
void set_descriptor_watched(int fd, bool watched);
/// The mode alone, asked now.
bool descriptor_blocks(int fd);
/// An open file that no disk stands behind: procfs, sysfs, memory files. Directories are not meant.
bool is_memory_file(int fd);
/// Connecting it is a conversation; datagram sockets answer at once.
bool is_stream_socket(int fd);
/// poll(2) with timeout 0, without libc.
bool descriptor_ready(int fd, short events);

} // namespace coroguard::guard
