// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Probes: standard input that has nothing yet, standard output and error that nobody reads.
#include "probes.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

using probes::elsewhere;
using probes::later;

namespace {

char word[64];
int far_end;
void feed() { if (write(far_end, "12 words\n", 9) != 9) abort(); }
void drain() { char page[4096]; if (read(far_end, page, sizeof page) <= 0) abort(); }

/// One of the first three descriptors is a pipe of one page while this lives; far_end is its other end.
struct piped {
  int fd, before;
  explicit piped(int which) : fd(which), before(dup(which)) {
    int pair[2];
    if (pipe(pair) != 0 || fcntl(pair[1], F_SETPIPE_SZ, 4096) < 0 || dup2(pair[fd != 0], fd) < 0)
      abort();
    close(pair[fd != 0]);
    far_end = pair[fd == 0];
  }
  ~piped() {
    close(far_end);
    if (before < 0) {
      close(fd);
    } else {
      dup2(before, fd);
      close(before);
    }
  }
};
/// Nothing to read, neither in the stream nor in the pipe; it comes a little later.
struct late_input : piped {
  late_input() : piped(0) {
    stdin->_IO_read_ptr = stdin->_IO_read_end;
    later(5, feed);
  }
  ~late_input() { stdin->_IO_read_ptr = stdin->_IO_read_end; }
};
/// In the stream already.
struct ready_input : piped {
  ready_input() : piped(0) {
    stdin->_IO_read_ptr = stdin->_IO_read_end;
    elsewhere([] { feed(), ungetc(getc(stdin), stdin); });
  }
  ~ready_input() { stdin->_IO_read_ptr = stdin->_IO_read_end; }
};
/// A full pipe, and for standard output a full stream before it; somebody reads a little later.
struct unread_output : piped {
  explicit unread_output(int fd = 1) : piped(fd) {
    char page[4096] = {};
    if (write(fd, page, sizeof page) != sizeof page) // as much as it holds
      abort();
    if (fd == 1) {
      elsewhere([] { fputc('x', stdout); });
      size_t room = size_t(stdout->_IO_buf_end - stdout->_IO_write_ptr);
      memset(stdout->_IO_write_ptr, 'y', room - 1);
      stdout->_IO_write_ptr += room - 1;
    }
    later(5, drain);
  }
  ~unread_output() { stdout->_IO_write_ptr = stdout->_IO_write_base; }
};

} // namespace

extern "C" {
// By their own names: the headers make some of them another.
int plain_scanf(const char *, ...) __asm__("scanf");
int plain_vscanf(const char *, va_list) __asm__("vscanf");
int c99_scanf(const char *, ...) __asm__("__isoc99_scanf");
int c99_vscanf(const char *, va_list) __asm__("__isoc99_vscanf");
int c23_scanf(const char *, ...) __asm__("__isoc23_scanf");
int __printf_chk(int, const char *, ...);
int __vprintf_chk(int, const char *, va_list);
}

#define READS(name, ...)                                                                                                         \
  BLOCKS(name, { late_input pipe; __VA_ARGS__ })                                                                                \
  SILENT(name, { ready_input pipe; __VA_ARGS__ })
READS(getchar, if (getchar() != '1') abort();)
READS(scanf, if (plain_scanf("%63s", word) != 1) abort();)
READS(__isoc99_scanf, if (c99_scanf("%63s", word) != 1) abort();)
READS(__isoc23_scanf, if (c23_scanf("%63s", word) != 1) abort();)
READS(vscanf, va_list none{}; if (plain_vscanf("%*s", none) != 0) abort();)
READS(__isoc99_vscanf, va_list none{}; if (c99_vscanf("%*s", none) != 0) abort();)

#define WRITES(name, ...)                                                                                                        \
  BLOCKS(name, { unread_output pipe; __VA_ARGS__ })                                                                             \
  SILENT(name, { __VA_ARGS__ })
WRITES(puts, puts("many words");)
WRITES(putchar, putchar('a'); putchar('b'); putchar('\n');)
WRITES(printf, printf("%d words\n", 12345);)
WRITES(__printf_chk, __printf_chk(1, "%d words\n", 12345);)
WRITES(vprintf, va_list none{}; vprintf("many words\n", none);)
WRITES(__vprintf_chk, va_list none{}; __vprintf_chk(1, "many words\n", none);)
BLOCKS(perror, { unread_output pipe(2); perror("probe"); })
SILENT(perror, { perror("probe"); })
// what others read too slowly: only when it really waits
BLOCKS(write, { unread_output pipe; if (write(1, "x", 1) != 1) abort(); })
BLOCKS(fwrite, { unread_output pipe; fwrite("many words", 1, 10, stdout); })
