// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The predicates of the catalogue's conditions, evaluated on the values of a call. Their names are those of
// rules/catalog/Catalog.h, Predicate, in snake_case: the generated conditions call them.
#pragma once

#include "runtime/intercept/descriptors.h"
#include "runtime/intercept/intercept.h"

#include <linux/time_types.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/sem.h>
#include <sys/time.h>
#include <time.h>

namespace coroguard::guard {

enum class direction : uint8_t { in, out };
enum class stdio_use : uint8_t { none, open, flush, close, read, write, seek };

/// What a function's name tells beyond its row.
struct call_traits {
  direction data = direction::in;
  bool connects = false;
  bool tries = false;    ///< a lock: its try form is asked first, see try_first
  bool queue = false;    ///< POSIX message queue: a descriptor whose mode alone counts
  stdio_use stdio = stdio_use::none;
  bool implied_stream = false;   ///< stdin, stdout or stderr without saying so
  bool unloads = false;          ///< code may go away
  bool makes_descriptor = false; ///< its result is a new descriptor, or a stream with one
};

constexpr bool has(const char *text, const char *part) {
  for (; *text; ++text) {
    const char *a = text, *b = part;
    while (*b && *a == *b)
      ++a, ++b;
    if (!*b)
      return true;
  }
  return false;
}
constexpr bool is(const char *a, const char *b) {
  while (*a && *a == *b)
    ++a, ++b;
  return *a == *b;
}

constexpr call_traits traits_of(const char *name) {
  call_traits t;
  t.data = has(name, "write") || has(name, "send") || has(name, "dprintf") ? direction::out : direction::in;
  t.connects = is(name, "connect");
  t.tries = is(name, "pthread_mutex_lock") || is(name, "pthread_rwlock_rdlock") || is(name, "pthread_rwlock_wrlock") ||
            is(name, "sem_wait") || is(name, "pthread_spin_lock") || is(name, "mtx_lock");
  t.queue = has(name, "mq_");
  t.unloads = is(name, "dlclose");
  t.makes_descriptor = has(name, "accept") || has(name, "creat") || has(name, "fopen") || has(name, "popen") || has(name, "tmpfile") ||
                       has(name, "open_2") || has(name, "open64_2") || has(name, "mkstemp") || has(name, "mkostemp");
  t.implied_stream = is(name, "puts") || is(name, "putchar") || is(name, "getchar") || is(name, "perror") || is(name, "vprintf") ||
                     is(name, "__vprintf_chk") || is(name, "vscanf") || is(name, "__isoc99_vscanf");
  if (is(name, "pclose") || has(name, "flockfile") || is(name, "pthread_create"))
    return t.makes_descriptor = false, t;
  if (has(name, "open"))
    t.stdio = stdio_use::open;
  else if (has(name, "fflush"))
    t.stdio = stdio_use::flush;
  else if (has(name, "close"))
    t.stdio = stdio_use::close;
  else if (has(name, "scanf") || has(name, "get") || has(name, "fread"))
    t.stdio = has(name, "pos") ? stdio_use::seek : stdio_use::read;
  else if (has(name, "seek") || has(name, "rewind") || has(name, "setpos"))
    t.stdio = stdio_use::seek;
  else
    t.stdio = stdio_use::write;
  return t;
}

/// Not one of the addresses that programs pass by mistake, or to see EFAULT: the kernel is to say so, not we by falling over it.
inline bool is_address(const void *pointer) {
  return uint64_t(pointer) - 4096 < 0x7fff'ffff'f000 - 4096;
}

inline bool in_future(const timespec *until, clockid_t clock) {
  if (!is_address(until))
    return true;
  timespec now;
  sys::clock_now(clock, &now);
  return until->tv_sec > now.tv_sec || (until->tv_sec == now.tv_sec && until->tv_nsec > now.tv_nsec);
}

/// One class per hooked function derives from this; `data` etc. come from traits_of.
template <call_traits Traits> struct predicates {
  static finding_level fd_blocking(int fd) {
    if constexpr (Traits.queue)
      return descriptor_blocks(fd); // opened and closed by calls of their own
    descriptor d = look_up_descriptor(fd);
    if (d.kind == descriptor_kind::harmless)
      return false;
    if (d.kind == descriptor_kind::regular)
      return true;
    if (d.nonblocking)
      return false;
    if constexpr (Traits.connects)
      if (!is_stream_socket(fd))
        return false; // a datagram socket only notes the address
    // A descriptor the loop waits for, and ready: this call returns at once whatever its mode.
    if (!Traits.connects && d.watched && descriptor_ready(fd, Traits.data == direction::out ? POLLOUT : POLLIN))
      return false;
    if (Traits.data == direction::out && (fd == 1 || fd == 2))
      return finding_level::if_waited; // output of the program itself: only when somebody does not read it
    return true;
  }
  static finding_level regular_file(int fd) { return look_up_descriptor(fd).kind == descriptor_kind::regular; }

  static bool flag(long flags, long bit) { return (flags & bit) != 0; }
  static bool flag(const ::addrinfo *hints, long bit) { return is_address(hints) && (hints->ai_flags & bit) != 0; }
  static bool flag(const struct sembuf *operations, long bit) { return is_address(operations) && (operations->sem_flg & bit) != 0; }
  template <class... T> static bool value(long argument, T... values) { return ((argument == long(values)) || ...); }

  static bool zero(long value) { return value == 0; }
  static bool null(const void *pointer) { return pointer == nullptr; }
  static bool larger(unsigned long size, unsigned long limit) { return size > limit; }

  static bool has_timeout(int value) { return value != 0; }
  static bool has_timeout(unsigned value) { return value != 0; }
  static bool has_timeout(const timespec *t) { return !is_address(t) || t->tv_sec != 0 || t->tv_nsec != 0; }
  static bool has_timeout(const timeval *t) { return !is_address(t) || t->tv_sec != 0 || t->tv_usec != 0; }
  static bool has_timeout(const __kernel_timespec *t) { return !is_address(t) || t->tv_sec != 0 || t->tv_nsec != 0; }
  /// Realtime unless the function names its clock; those wait on a condition that is measured anyway.
  static bool deadline(const timespec *until) { return !is_address(until) || until->tv_nsec < 0 || until->tv_sec > 0 || until->tv_nsec > 0; }

  template <class... T> static finding_level contended(T...) { return finding_level::if_waited; }
  template <class... T> static finding_level not_ready(T...) { return finding_level::if_waited; }
  /// Conditions say `not idle_site`; idle waits never come this far, and a wait must be seen to wait.
  template <class... T> static finding_level idle_site(T...) { return finding_level::none; }
  template <class... T> static bool on_loop(T...) { return true; }

  static finding_level stream_on_device(FILE *stream) {
    return stream && stream->_fileno >= 0 && look_up_descriptor(stream->_fileno).kind != descriptor_kind::harmless;
  }
  static bool standard_stream(FILE *stream) { return stream == stdin || stream == stdout || stream == stderr; }
  template <class... T> static bool handle_blocking(T...) { return true; }
};

/// Kernel file systems in memory are no disk.
inline bool is_memory_path(const char *path) {
  return is_address(path) && (strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0 || strncmp(path, "/sys/", 5) == 0);
}
/// The first path among the arguments, or the last: what a symbolic link says is only text. Without a path, the descriptor
/// that comes first.
template <bool Last> inline bool names_memory() { return false; }
template <bool Last, class First, class... Rest> inline bool names_memory(First first, Rest... rest) {
  const char *path = nullptr;
  [[maybe_unused]] auto look = [&](auto argument) {
    if constexpr (__is_same(decltype(argument), const char *))
      if (Last || !path)
        path = argument;
  };
  look(first), (look(rest), ...);
  constexpr bool has_path = __is_same(First, const char *) || (__is_same(Rest, const char *) || ...);
  if constexpr (!has_path && __is_same(First, int))
    return is_memory_file(first);
  else
    return is_memory_path(path);
}

/// Did a stdio call reach the kernel? glibc's buffer pointers before and after tell.
struct stdio_probe {
  FILE *stream;
  size_t pending;
  const char *read_at, *read_end;
  bool pushed_back; ///< ungetc made the stream read from a second buffer; the main one waits aside
  explicit stdio_probe(FILE *f)
      : stream(f), pending(f ? size_t(f->_IO_write_ptr - f->_IO_write_base) : 0), read_at(f ? f->_IO_read_ptr : nullptr),
        read_end(f ? f->_IO_read_end : nullptr), pushed_back(f && (f->_flags & in_backup) != 0) {
    if (pushed_back)
      read_end = f->_IO_save_end;
  }
  static constexpr int in_backup = 0x100; ///< glibc's _IO_IN_BACKUP
  /// `moved`: bytes the call wrote or read, -1 if it does not tell; `failed`: end of file or error.
  bool reached_kernel(stdio_use use, long moved, bool failed) const {
    size_t now = size_t(stream->_IO_write_ptr - stream->_IO_write_base);
    switch (use) {
    case stdio_use::write:
      return failed || (moved >= 0 ? now != pending + size_t(moved) : now < pending || now == 0);
    case stdio_use::flush: case stdio_use::close: case stdio_use::seek:
      return pending > 0;
    case stdio_use::read:
      if (pushed_back)
        return failed || (!(stream->_flags & in_backup) && stream->_IO_read_end != read_end);
      return failed || pending > 0 || stream->_IO_read_end != read_end || (moved >= 0 && stream->_IO_read_ptr - read_at != moved) ||
             stream->_IO_read_ptr < read_at;
    default:
      return true;
    }
  }
};

} // namespace coroguard::guard
