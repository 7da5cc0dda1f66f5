// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// System calls without libc, so that the guard's own never pass an interposer, never touch errno and work in a thread that
// libc does not know. x86-64 Linux.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>

#ifndef __x86_64__
#error "the guard supports x86-64 Linux; other architectures need detect/system.h and detect/unwind.cpp"
#endif

namespace coroguard::guard::sys {

/// Result as the kernel gives it: an error is -errno.
[[gnu::always_inline]] inline long call(long number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
  return result;
}

inline long write(int fd, const void *data, size_t size) { return call(SYS_write, fd, long(data), long(size)); }
inline long read(int fd, void *data, size_t size) { return call(SYS_read, fd, long(data), long(size)); }
inline long open(const char *path, int flags, int mode = 0) { return call(SYS_openat, -100, long(path), flags, mode); }
inline long close(int fd) { return call(SYS_close, fd); }
inline long getpid() { return call(SYS_getpid); }
inline long gettid() { return call(SYS_gettid); }

/// clock_gettime of the vDSO, found at start; the system call until then. Never libc's, which sanitizers replace.
extern int (*clock_now)(clockid_t, timespec *) __attribute__((visibility("hidden")));

/// CLOCK_MONOTONIC in nanoseconds (about 20 ns).
inline uint64_t now() {
  timespec t;
  clock_now(CLOCK_MONOTONIC, &t);
  return uint64_t(t.tv_sec) * 1000000000u + uint64_t(t.tv_nsec);
}

/// CPU time of any thread of this process; 0 if it is gone.
inline uint64_t thread_cpu_ns(uint32_t thread) {
  timespec t{};
  if (call(SYS_clock_gettime, long(~thread) * 8 + 6, long(&t)) != 0)
    return 0;
  return uint64_t(t.tv_sec) * 1000000000u + uint64_t(t.tv_nsec);
}

/// Reads a small file whole; the number of bytes, 0 on error. Always ends with a zero byte.
inline size_t slurp(const char *path, char *into, size_t capacity) {
  long fd = open(path, 0x80000 /* O_CLOEXEC */);
  size_t size = 0;
  if (fd >= 0) {
    for (long n; size + 1 < capacity && (n = read(int(fd), into + size, capacity - 1 - size)) > 0;)
      size += size_t(n);
    close(int(fd));
  }
  into[size] = 0;
  return size;
}

/// clone(2): `run` begins on the given stack, which must be 16-byte aligned, and never returns. The new thread's or process's id.
long start(long flags, long stack_top, long thread_area, int (*run)(void *), void *argument) __attribute__((visibility("hidden")));

/// How often a thread of this process gave up the processor of its own accord; 0 if it is gone.
uint32_t voluntary_switches(uint32_t thread) __attribute__((visibility("hidden")));

/// How long a thread of this process was ready and had no processor, so far.
uint64_t runqueue_ns(uint32_t thread) __attribute__((visibility("hidden")));

/// Appends a decimal number; returns the new end.
inline char *put_number(char *out, uint64_t value) {
  char digits[20];
  int n = 0;
  do
    digits[n++] = char('0' + value % 10);
  while (value /= 10);
  while (n)
    *out++ = digits[--n];
  return out;
}
inline char *put_text(char *out, const char *text) {
  while (*text)
    *out++ = *text++;
  *out = 0;
  return out;
}

} // namespace coroguard::guard::sys
