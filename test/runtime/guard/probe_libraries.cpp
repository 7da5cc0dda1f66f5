// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A library that stands in for others which are not on every machine (liburing, libsystemd, the C23 names of a newer libc), and
// for functions of libc whose wait cannot be had here: the first random numbers of a machine that starts, the disks of a whole
// machine. The guard finds it where it finds the real ones, behind itself.
#include <cstdarg>
#include <cstdio>
#include <linux/time_types.h>
#include <sys/syscall.h>
#include <time.h>

#define EXPORTED extern "C" __attribute__((visibility("default"), noinline))

namespace {
void wait_a_little() {
  timespec t{0, 3'000'000};
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(long(SYS_nanosleep)), "D"(&t), "S"(0L) : "rcx", "r11", "memory");
}
int waited(unsigned really) {
  if (really)
    wait_a_little();
  return 0;
}
bool some(const __kernel_timespec *t) { return !t || t->tv_sec || t->tv_nsec; }
} // namespace

extern "C" int plain_vfscanf(FILE *, const char *, va_list) __asm__("vfscanf");

bool probes_machine_starts __attribute__((visibility("default")));

EXPORTED int io_uring_enter(unsigned, unsigned, unsigned wanted, unsigned, void *) { return waited(wanted); }
EXPORTED int io_uring_submit_and_wait(void *, unsigned wanted) { return waited(wanted); }
EXPORTED int io_uring_submit_and_wait_timeout(void *, void *, unsigned wanted, __kernel_timespec *t, void *) { return waited(wanted && some(t)); }
EXPORTED int io_uring_wait_cqes(void *, void *, unsigned wanted, __kernel_timespec *t, void *) { return waited(wanted && some(t)); }
EXPORTED int io_uring_wait_cqe_timeout(void *, void *, __kernel_timespec *t) { return waited(some(t)); }
EXPORTED int __io_uring_get_cqe(void *, void *, unsigned, unsigned wanted, void *) { return waited(wanted); }

/// Says what it was given, so that a probe sees whether its arguments arrived.
static int journal(char *into, const char *format, va_list ap) { return vsnprintf(into, 64, format, ap); }
char probes_journal[64] __attribute__((visibility("default")));
EXPORTED int sd_journal_printv(int, const char *format, va_list ap) { return journal(probes_journal, format, ap); }
EXPORTED int sd_journal_print(int, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  journal(probes_journal, format, ap);
  va_end(ap);
  return 0;
}
EXPORTED int sd_journal_print_with_location(int, const char *, const char *, const char *, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  journal(probes_journal, format, ap);
  va_end(ap);
  return 0;
}
EXPORTED int sd_journal_send(const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  journal(probes_journal, format, ap);
  va_end(ap);
  return 0;
}
EXPORTED int sd_journal_send_with_location(const char *, const char *, const char *, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  journal(probes_journal, format, ap);
  va_end(ap);
  return 0;
}

EXPORTED int __isoc23_vfscanf(FILE *stream, const char *format, va_list ap) { return plain_vfscanf(stream, format, ap); }
EXPORTED int __isoc23_vscanf(const char *format, va_list ap) { return plain_vfscanf(stdin, format, ap); }
EXPORTED int __isoc23_fscanf(FILE *stream, const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int result = plain_vfscanf(stream, format, ap);
  va_end(ap);
  return result;
}
EXPORTED int __isoc23_scanf(const char *format, ...) {
  va_list ap;
  va_start(ap, format);
  int result = plain_vfscanf(stdin, format, ap);
  va_end(ap);
  return result;
}

EXPORTED void sync() { wait_a_little(); }
EXPORTED int getentropy(void *, size_t) { return waited(probes_machine_starts); }
EXPORTED unsigned arc4random() { return unsigned(waited(probes_machine_starts)) + 4; }
