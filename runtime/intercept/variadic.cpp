// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Hooks of functions that end in `...`: formatted output and input go to their va_list form, the others hand on the one or
// the few arguments they may have.
#include "runtime/intercept/custom.h"
#include "runtime/intercept/headers.h"
#include "runtime/intercept/perform.h"

#include <stdarg.h>

namespace coroguard::guard {
namespace {

/// `level`: an expression over the parameters, with `when` for the predicates.
#define COROGUARD_FORMATTED(function, target, result, parameters, last, types, arguments, condition)                             \
  namespace for_##function {                                                                                                     \
  COROGUARD_REAL(target, result, types, arguments)                                                                               \
  result go(const void *caller, const void *frame, COROGUARD_ARGUMENTS types) {                                                  \
    static constexpr call_traits traits = traits_of(#function);                                                                         \
    struct when : predicates<traits> {};                                                                                         \
    finding_level level = is_outermost(frame) ? finding_level(condition) : finding_level();                                      \
    if (level.level == finding_level::none)                                                                                      \
      return real_##target arguments;                                                                                            \
    call_context call = context_of(id_##function, caller, frame);                                                                \
    return perform<traits>(#target, call, frame, level, COROGUARD_WITH(real_##target, COROGUARD_ARGUMENTS arguments));           \
  }                                                                                                                              \
  }                                                                                                                              \
  COROGUARD_EXPORT result hook_##function parameters __asm__(#function);                                                         \
  result hook_##function parameters {                                                                                            \
    using namespace for_##function;                                                                                              \
    va_list ap;                                                                                                                  \
    va_start(ap, last);                                                                                                          \
    COROGUARD_RESULT_##result                                                                                                    \
        COROGUARD_UNLIKELY_ARMED ? go(__builtin_return_address(0), __builtin_frame_address(0), COROGUARD_ARGUMENTS arguments)    \
                                 : real_##target arguments;                                                                      \
    va_end(ap);                                                                                                                  \
    COROGUARD_RETURN_##result                                                                                                    \
  }
#define COROGUARD_RESULT_int int value =
#define COROGUARD_RETURN_int return value;
#define COROGUARD_RESULT_void
#define COROGUARD_RETURN_void

COROGUARD_FORMATTED(printf, vprintf, int, (const char *format, ...), format, (const char *format, va_list ap), (format, ap), when::not_ready())
COROGUARD_FORMATTED(__printf_chk, __vprintf_chk, int, (int flag, const char *format, ...), format,
                    (int flag, const char *format, va_list ap), (flag, format, ap), when::not_ready())
COROGUARD_FORMATTED(fprintf, vfprintf, int, (FILE * stream, const char *format, ...), format,
                    (FILE * stream, const char *format, va_list ap), (stream, format, ap), when::stream_on_device(stream))
COROGUARD_FORMATTED(__fprintf_chk, __vfprintf_chk, int, (FILE * stream, int flag, const char *format, ...), format,
                    (FILE * stream, int flag, const char *format, va_list ap), (stream, flag, format, ap), when::stream_on_device(stream))
COROGUARD_FORMATTED(dprintf, vdprintf, int, (int fd, const char *format, ...), format, (int fd, const char *format, va_list ap),
                    (fd, format, ap), when::fd_blocking(fd))
COROGUARD_FORMATTED(__dprintf_chk, __vdprintf_chk, int, (int fd, int flag, const char *format, ...), format,
                    (int fd, int flag, const char *format, va_list ap), (fd, flag, format, ap), when::fd_blocking(fd))
COROGUARD_FORMATTED(scanf, vscanf, int, (const char *format, ...), format, (const char *format, va_list ap), (format, ap), when::not_ready())
COROGUARD_FORMATTED(__isoc99_scanf, __isoc99_vscanf, int, (const char *format, ...), format, (const char *format, va_list ap), (format, ap),
                    when::not_ready())
COROGUARD_FORMATTED(__isoc23_scanf, __isoc23_vscanf, int, (const char *format, ...), format, (const char *format, va_list ap), (format, ap),
                    when::not_ready())
COROGUARD_FORMATTED(fscanf, vfscanf, int, (FILE * stream, const char *format, ...), format,
                    (FILE * stream, const char *format, va_list ap), (stream, format, ap), when::stream_on_device(stream))
COROGUARD_FORMATTED(__isoc99_fscanf, __isoc99_vfscanf, int, (FILE * stream, const char *format, ...), format,
                    (FILE * stream, const char *format, va_list ap), (stream, format, ap), when::stream_on_device(stream))
COROGUARD_FORMATTED(__isoc23_fscanf, __isoc23_vfscanf, int, (FILE * stream, const char *format, ...), format,
                    (FILE * stream, const char *format, va_list ap), (stream, format, ap), when::stream_on_device(stream))
COROGUARD_FORMATTED(syslog, vsyslog, void, (int priority, const char *format, ...), format,
                    (int priority, const char *format, va_list ap), (priority, format, ap), true)
COROGUARD_FORMATTED(__syslog_chk, __vsyslog_chk, void, (int priority, int flag, const char *format, ...), format,
                    (int priority, int flag, const char *format, va_list ap), (priority, flag, format, ap), true)
COROGUARD_FORMATTED(sd_journal_print, sd_journal_printv, int, (int priority, const char *format, ...), format,
                    (int priority, const char *format, va_list ap), (priority, format, ap), true)

/// The optional argument of open and fcntl, and the arguments of ptrace and syscall, are words in registers: handing on one
/// that was not given hands on what happened to be there, as libc does.
#define COROGUARD_WORDS(function, result, parameters, last, types, names, arguments, condition, after)                           \
  COROGUARD_REAL(function, result, types, arguments)                                                                             \
  static result go_##function(const void *caller, const void *frame, COROGUARD_ARGUMENTS types) {                                \
    static constexpr call_traits traits = traits_of(#function);                                                                         \
    struct when : predicates<traits> {};                                                                                         \
    finding_level level = is_outermost(frame) ? finding_level(condition) : finding_level();                                      \
    if (level.level == finding_level::none)                                                                                      \
      return real_##function arguments;                                                                                          \
    call_context call = context_of(id_##function, caller, frame);                                                                \
    uint32_t switches = level.level == finding_level::if_waited ? voluntary_switches() : any_switches;                           \
    enter_call(call, frame);                                                                                                     \
    result value = real_##function arguments;                                                                                    \
    conclude_call(call, level, end_call(call), switches);                                                                        \
    return value;                                                                                                                \
  }                                                                                                                              \
  COROGUARD_EXPORT result hook_##function parameters __asm__(#function);                                                         \
  result hook_##function parameters {                                                                                            \
    va_list ap;                                                                                                                  \
    va_start(ap, last);                                                                                                          \
    names va_end(ap);                                                                                                            \
    result value = COROGUARD_UNLIKELY_ARMED                                                                                      \
                       ? go_##function(__builtin_return_address(0), __builtin_frame_address(0), COROGUARD_ARGUMENTS arguments)   \
                       : real_##function arguments;                                                                              \
    after;                                                                                                                       \
    return value;                                                                                                                \
  }

#define COROGUARD_WORD(name) long name = va_arg(ap, long);

COROGUARD_WORDS(open, int, (const char *path, int flags, ...), flags, (const char *path, int flags, long mode), COROGUARD_WORD(mode),
                (path, flags, mode), !is_memory_path(path), forget_descriptor(value))
COROGUARD_WORDS(open64, int, (const char *path, int flags, ...), flags, (const char *path, int flags, long mode), COROGUARD_WORD(mode),
                (path, flags, mode), !is_memory_path(path), forget_descriptor(value))
COROGUARD_WORDS(openat, int, (int dir, const char *path, int flags, ...), flags, (int dir, const char *path, int flags, long mode),
                COROGUARD_WORD(mode), (dir, path, flags, mode), !is_memory_path(path), forget_descriptor(value))
COROGUARD_WORDS(openat64, int, (int dir, const char *path, int flags, ...), flags, (int dir, const char *path, int flags, long mode),
                COROGUARD_WORD(mode), (dir, path, flags, mode), !is_memory_path(path), forget_descriptor(value))

finding_level lock_command(int op) { return op == F_SETLKW || op == F_OFD_SETLKW ? finding_level::if_waited : finding_level::none; }
void after_fcntl(int fd, int op, int value) {
  if (op == F_SETFL)
    forget_descriptor_mode(fd);
  else if ((op == F_DUPFD || op == F_DUPFD_CLOEXEC) && value >= 0)
    forget_descriptor(value), note_copied_descriptor(fd, value);
}
COROGUARD_WORDS(fcntl, int, (int fd, int op, ...), op, (int fd, int op, long argument), COROGUARD_WORD(argument), (fd, op, argument),
                lock_command(op), after_fcntl(fd, op, value))
COROGUARD_WORDS(fcntl64, int, (int fd, int op, ...), op, (int fd, int op, long argument), COROGUARD_WORD(argument), (fd, op, argument),
                lock_command(op), after_fcntl(fd, op, value))
COROGUARD_WORDS(ptrace, long, (int request, ...), request, (int request, long pid, long address, long data),
                COROGUARD_WORD(pid) COROGUARD_WORD(address) COROGUARD_WORD(data), (request, pid, address, data), true, (void)0)

/// Waits that go through syscall(): what std::future, std::atomic::wait and semaphores do.
COROGUARD_WORDS(syscall, long, (long number, ...), number, (long number, long a, long b, long c, long d, long e, long f),
                COROGUARD_WORD(a) COROGUARD_WORD(b) COROGUARD_WORD(c) COROGUARD_WORD(d) COROGUARD_WORD(e) COROGUARD_WORD(f)
                before_system_call(number, a, c);,
                (number, a, b, c, d, e, f), raw_wait(number, b, c), (void)0)

/// What libc's headers make of getline and getdelim when they are inlined.
COROGUARD_REAL(__getdelim, ssize_t, (char **line, size_t *size, int delimiter, FILE *stream), (line, size, delimiter, stream))
__attribute__((noinline)) ssize_t watched_getdelim(char **line, size_t *size, int delimiter, FILE *stream) {
  const void *frame = __builtin_frame_address(0), *caller = __builtin_return_address(0);
  constexpr call_traits traits = traits_of("getdelim");
  finding_level level = is_outermost(frame) ? predicates<traits>::stream_on_device(stream) : finding_level();
  if (level.level == finding_level::none)
    return real___getdelim(line, size, delimiter, stream);
  call_context call = context_of(delimiter == '\n' ? id_getline : id_getdelim, caller, frame);
  return perform<traits>("getdelim", call, frame, level, real___getdelim, line, size, delimiter, stream);
}
COROGUARD_EXPORT ssize_t hook___getdelim(char **line, size_t *size, int delimiter, FILE *stream) __asm__("__getdelim");
ssize_t hook___getdelim(char **line, size_t *size, int delimiter, FILE *stream) {
  if (COROGUARD_UNLIKELY_ARMED)
    return watched_getdelim(line, size, delimiter, stream);
  return real___getdelim(line, size, delimiter, stream);
}

} // namespace
} // namespace coroguard::guard
