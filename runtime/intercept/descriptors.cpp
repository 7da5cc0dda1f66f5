// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The cache behind descriptors.h: one byte per descriptor. Bits 0-1 kind, 2 nonblocking, 3 mode known, 4 watched, 5 copied.
#include "runtime/intercept/descriptors.h"

#include "runtime/detect/system.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

namespace coroguard::guard {

std::atomic<uint8_t> descriptor_cache[max_descriptors];

namespace {

constexpr uint8_t kind_mask = 3, nonblocking_bit = 4, mode_known_bit = 8, watched_bit = 16, copied_bit = 32;

descriptor_kind kind_of(int fd) {
  struct stat st;
  if (sys::call(SYS_fstat, fd, long(&st)) != 0)
    return descriptor_kind::harmless; // EBADF fails at once
  switch (st.st_mode & S_IFMT) {
  case S_IFDIR:
    return descriptor_kind::harmless;
  case S_IFBLK:
    return descriptor_kind::regular;
  case S_IFCHR:
    return major(st.st_rdev) == 1 ? descriptor_kind::harmless : descriptor_kind::stream; // 1: null, zero, full, urandom, …
  case S_IFREG: {
    struct statfs fs;
    if (sys::call(SYS_fstatfs, fd, long(&fs)) == 0) {
      switch (uint32_t(fs.f_type)) {
      case PROC_SUPER_MAGIC: case SYSFS_MAGIC: case DEBUGFS_MAGIC: case TRACEFS_MAGIC: case CGROUP2_SUPER_MAGIC:
        return descriptor_kind::harmless;
      case TMPFS_MAGIC: case HUGETLBFS_MAGIC:
        if (st.st_nlink == 0)
          return descriptor_kind::harmless; // memfd and unlinked shared memory
        break;
      default: break;
      }
    }
    return descriptor_kind::regular;
  }
  default:
    return descriptor_kind::stream;
  }
}

uint8_t ask(int fd, uint8_t known) {
  uint8_t value = uint8_t(known & (watched_bit | copied_bit | kind_mask));
  if (!(value & kind_mask))
    value |= uint8_t(kind_of(fd));
  long flags = sys::call(SYS_fcntl, fd, F_GETFL);
  if (flags < 0 || (flags & O_NONBLOCK))
    value |= nonblocking_bit;
  return uint8_t(value | mode_known_bit);
}

} // namespace

descriptor look_up_descriptor(int fd) {
  uint8_t value;
  if (unsigned(fd) >= max_descriptors) {
    value = fd < 0 ? uint8_t(uint8_t(descriptor_kind::harmless) | mode_known_bit) : ask(fd, 0);
  } else {
    value = descriptor_cache[fd].load(std::memory_order_relaxed);
    if (__builtin_expect(!(value & mode_known_bit), 0)) {
      value = ask(fd, value);
      descriptor_cache[fd].store(value, std::memory_order_relaxed);
    }
  }
  return {descriptor_kind(value & kind_mask), (value & nonblocking_bit) != 0, (value & watched_bit) != 0};
}

void forget_descriptor_mode(int fd) {
  if (unsigned(fd) >= max_descriptors)
    return;
  constexpr uint8_t kept = uint8_t(~(mode_known_bit | nonblocking_bit));
  if (descriptor_cache[fd].fetch_and(kept, std::memory_order_relaxed) & copied_bit)
    for (auto &entry : descriptor_cache)
      if (entry.load(std::memory_order_relaxed) & copied_bit)
        entry.fetch_and(kept, std::memory_order_relaxed);
}

void note_copied_descriptor(int one, int other) {
  for (int fd : {one, other})
    if (unsigned(fd) < max_descriptors)
      descriptor_cache[fd].fetch_or(copied_bit, std::memory_order_relaxed);
}

void set_descriptor_watched(int fd, bool watched) {
  if (unsigned(fd) >= max_descriptors)
    return;
  if (watched)
    descriptor_cache[fd].fetch_or(watched_bit, std::memory_order_relaxed);
  else
    descriptor_cache[fd].fetch_and(uint8_t(~watched_bit), std::memory_order_relaxed);
}

bool descriptor_blocks(int fd) {
  long flags = sys::call(SYS_fcntl, fd, F_GETFL);
  return flags >= 0 && !(flags & O_NONBLOCK);
}

bool is_memory_file(int fd) {
  struct stat st;
  return fd >= 0 && look_up_descriptor(fd).kind == descriptor_kind::harmless && sys::call(SYS_fstat, fd, long(&st)) == 0 && !S_ISDIR(st.st_mode);
}

bool is_stream_socket(int fd) {
  int type = 0;
  unsigned size = sizeof type;
  return sys::call(SYS_getsockopt, fd, SOL_SOCKET, SO_TYPE, long(&type), long(&size)) != 0 || type != SOCK_DGRAM;
}

bool descriptor_ready(int fd, short events) {
  pollfd p{fd, events, 0};
  timespec zero{};
  return sys::call(SYS_ppoll, long(&p), 1, long(&zero), 0, 8) > 0;
}

} // namespace coroguard::guard
