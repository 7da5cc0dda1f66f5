// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Calls that change what the guard knows about descriptors, programs that replace this one, and the functions that look at
// their caller or return twice: those are told about and then jumped to, so that they see the program's own frame.
#include "runtime/detect/process.h"
#include "runtime/intercept/custom.h"
#include "runtime/intercept/headers.h"

#include <stdarg.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

extern char **environ;

namespace coroguard::guard {
namespace {

// --- descriptors -------------------------------------------------------------------------------------------------

COROGUARD_REAL(close, int, (int fd), (fd))
__attribute__((noinline)) int watched_close(int fd) {
  const void *frame = __builtin_frame_address(0), *caller = __builtin_return_address(0);
  loop_descriptor_closed(fd);
  if (!is_outermost(frame))
    return real_close(fd);
  call_context call = context_of(id_close, caller, frame);
  uint32_t switches = voluntary_switches();
  enter_call(call, frame);
  int result = real_close(fd);
  conclude_call(call, finding_level::if_waited, end_call(call), switches); // SO_LINGER, network file systems
  return result;
}
COROGUARD_EXPORT int hook_close(int fd) __asm__("close");
int hook_close(int fd) {
  forget_descriptor(fd);
  if (COROGUARD_UNLIKELY_ARMED)
    return watched_close(fd);
  return real_close(fd);
}

#define COROGUARD_MAKES_DESCRIPTOR(function, parameters, arguments)                                                              \
  COROGUARD_REAL(function, int, parameters, arguments)                                                                           \
  COROGUARD_EXPORT int hook_##function parameters __asm__(#function);                                                            \
  int hook_##function parameters {                                                                                               \
    int made = real_##function arguments;                                                                                        \
    forget_descriptor(made);                                                                                                     \
    return made;                                                                                                                 \
  }

COROGUARD_MAKES_DESCRIPTOR(socket, (int domain, int type, int protocol), (domain, type, protocol))
COROGUARD_MAKES_DESCRIPTOR(eventfd, (unsigned count, int flags), (count, flags))
COROGUARD_MAKES_DESCRIPTOR(timerfd_create, (int clock, int flags), (clock, flags))
COROGUARD_MAKES_DESCRIPTOR(signalfd, (int fd, const sigset_t *mask, int flags), (fd, mask, flags))
COROGUARD_MAKES_DESCRIPTOR(inotify_init, (), ())
COROGUARD_MAKES_DESCRIPTOR(inotify_init1, (int flags), (flags))
COROGUARD_MAKES_DESCRIPTOR(memfd_create, (const char *name, unsigned flags), (name, flags))
#define COROGUARD_COPIES_DESCRIPTOR(function, parameters, arguments)                                                             \
  COROGUARD_REAL(function, int, parameters, arguments)                                                                           \
  COROGUARD_EXPORT int hook_##function parameters __asm__(#function);                                                            \
  int hook_##function parameters {                                                                                               \
    int made = real_##function arguments;                                                                                        \
    if (made >= 0 && made != from)                                                                                               \
      forget_descriptor(made), note_copied_descriptor(from, made);                                                               \
    return made;                                                                                                                 \
  }
COROGUARD_COPIES_DESCRIPTOR(dup, (int from), (from))
COROGUARD_COPIES_DESCRIPTOR(dup2, (int from, int to), (from, to))
COROGUARD_COPIES_DESCRIPTOR(dup3, (int from, int to, int flags), (from, to, flags))

#define COROGUARD_MAKES_PAIR(function, parameters, arguments)                                                                    \
  COROGUARD_REAL(function, int, parameters, arguments)                                                                           \
  COROGUARD_EXPORT int hook_##function parameters __asm__(#function);                                                            \
  int hook_##function parameters {                                                                                               \
    int result = real_##function arguments;                                                                                      \
    if (result == 0)                                                                                                             \
      forget_descriptor(pair[0]), forget_descriptor(pair[1]);                                                                    \
    return result;                                                                                                               \
  }

COROGUARD_MAKES_PAIR(pipe, (int *pair), (pair))
COROGUARD_MAKES_PAIR(pipe2, (int *pair, int flags), (pair, flags))
COROGUARD_MAKES_PAIR(socketpair, (int domain, int type, int protocol, int *pair), (domain, type, protocol, pair))

COROGUARD_REAL(epoll_ctl, int, (int epfd, int op, int fd, epoll_event *event), (epfd, op, fd, event))
COROGUARD_EXPORT int hook_epoll_ctl(int epfd, int op, int fd, epoll_event *event) __asm__("epoll_ctl");
int hook_epoll_ctl(int epfd, int op, int fd, epoll_event *event) {
  int result = real_epoll_ctl(epfd, op, fd, event);
  if (result == 0 && op != EPOLL_CTL_MOD)
    set_descriptor_watched(fd, op == EPOLL_CTL_ADD);
  return result;
}

COROGUARD_REAL(ioctl, int, (int fd, unsigned long request, void *argument), (fd, request, argument))
COROGUARD_EXPORT int hook_ioctl(int fd, unsigned long request, void *argument) __asm__("ioctl");
int hook_ioctl(int fd, unsigned long request, void *argument) {
  if (request == FIONBIO)
    forget_descriptor_mode(fd);
  int result = real_ioctl(fd, request, argument);
  if (request == FIONBIO)
    forget_descriptor_mode(fd);
  return result;
}

// --- programs that replace this one ------------------------------------------------------------------------------

COROGUARD_REAL(execve, int, (const char *path, char *const *argv, char *const *envp), (path, argv, envp))
COROGUARD_REAL(execvpe, int, (const char *file, char *const *argv, char *const *envp), (file, argv, envp))
COROGUARD_REAL(fexecve, int, (int fd, char *const *argv, char *const *envp), (fd, argv, envp))

size_t count(char *const *list) {
  size_t n = 0;
  while (list && list[n])
    ++n;
  return n;
}
/// The environment a program is to get, on our stack: it may be small, and so may be the environment.
#define COROGUARD_ENVIRONMENT(given)                                                                                             \
  size_t capacity = count(given) + 5;                                                                                            \
  char *const *environment = child_environment(given, static_cast<char **>(__builtin_alloca(capacity * sizeof(char *))), capacity)

__attribute__((noinline)) int replace(const char *path, char *const *argv, char *const *envp, bool search) {
  COROGUARD_ENVIRONMENT(envp);
  pause_samples();
  int result = search ? real_execvpe(path, argv, environment) : real_execve(path, argv, environment);
  resume_samples();
  return result;
}

COROGUARD_EXPORT int hook_execve(const char *path, char *const *argv, char *const *envp) __asm__("execve");
int hook_execve(const char *path, char *const *argv, char *const *envp) { return replace(path, argv, envp, false); }
COROGUARD_EXPORT int hook_execv(const char *path, char *const *argv) __asm__("execv");
int hook_execv(const char *path, char *const *argv) { return replace(path, argv, environ, false); }
COROGUARD_EXPORT int hook_execvp(const char *file, char *const *argv) __asm__("execvp");
int hook_execvp(const char *file, char *const *argv) { return replace(file, argv, environ, true); }
COROGUARD_EXPORT int hook_execvpe(const char *file, char *const *argv, char *const *envp) __asm__("execvpe");
int hook_execvpe(const char *file, char *const *argv, char *const *envp) { return replace(file, argv, envp, true); }
COROGUARD_EXPORT int hook_fexecve(int fd, char *const *argv, char *const *envp) __asm__("fexecve");
int hook_fexecve(int fd, char *const *argv, char *const *envp) {
  COROGUARD_ENVIRONMENT(envp);
  pause_samples();
  int result = real_fexecve(fd, argv, environment);
  resume_samples();
  return result;
}

/// execl and its kin: the arguments into an array on the stack, as libc does it.
__attribute__((noinline)) int replace_list(const char *path, const char *first, va_list rest, bool own_environment, bool search) {
  va_list counting;
  va_copy(counting, rest);
  size_t n = 1;
  if (first)
    while (va_arg(counting, char *))
      ++n;
  va_end(counting);
  char **argv = static_cast<char **>(__builtin_alloca((n + 2) * sizeof(char *)));
  argv[0] = const_cast<char *>(first);
  size_t i = 1;
  if (first)
    while ((argv[i] = va_arg(rest, char *)))
      ++i;
  char *const *envp = own_environment ? va_arg(rest, char *const *) : environ;
  return replace(path, argv, envp, search);
}
#define COROGUARD_EXECUTE_LIST(function, own_environment, search)                                                                \
  COROGUARD_EXPORT int hook_##function(const char *path, const char *first, ...) __asm__(#function);                             \
  int hook_##function(const char *path, const char *first, ...) {                                                                \
    va_list rest;                                                                                                                \
    va_start(rest, first);                                                                                                       \
    int result = replace_list(path, first, rest, own_environment, search);                                                       \
    va_end(rest);                                                                                                                \
    return result;                                                                                                               \
  }
COROGUARD_EXECUTE_LIST(execl, false, false)
COROGUARD_EXECUTE_LIST(execlp, false, true)
COROGUARD_EXECUTE_LIST(execle, true, false)

// --- functions that look at their caller, or return twice --------------------------------------------------------

void tell(function_id function, const void *caller, const void *frame, finding_level level) {
  if (!is_outermost(frame) || level.level == finding_level::none)
    return;
  call_context call = context_of(function, caller, frame);
  call.start_ns = sys::now();
  conclude_call(call, level, 0, any_switches);
}

COROGUARD_REAL(dlopen, void *, (const char *file, int mode), (file, mode))
COROGUARD_REAL(dlmopen, void *, (Lmid_t space, const char *file, int mode), (space, file, mode))
COROGUARD_REAL(vfork, pid_t, (), ())

} // namespace

// Called by the jumping hooks below with the program's frame.
extern "C" __attribute__((visibility("hidden"), used)) void coroguard_tell_dlopen(const char *file, const void *caller, const void *frame) {
  if (self.armed && file)
    tell(id_dlopen, caller, frame, finding_level::always);
}
extern "C" __attribute__((visibility("hidden"), used)) void coroguard_tell_dlmopen(const char *file, const void *caller, const void *frame) {
  if (self.armed && file)
    tell(id_dlmopen, caller, frame, finding_level::always);
}
extern "C" __attribute__((visibility("hidden"), used)) void coroguard_tell_vfork(const char *, const void *caller, const void *frame) {
  if (self.armed)
    tell(id_vfork, caller, frame, finding_level::always);
}
extern "C" {
__attribute__((visibility("hidden"), used)) void *coroguard_next_dlopen() { return reinterpret_cast<void *>(real_dlopen); }
__attribute__((visibility("hidden"), used)) void *coroguard_next_dlmopen() { return reinterpret_cast<void *>(real_dlmopen); }
__attribute__((visibility("hidden"), used)) void *coroguard_next_vfork() { return reinterpret_cast<void *>(real_vfork); }
}

// name: the symbol; file: the register that holds the file name. The frame is the usual one while we look, and gone when we jump.
#define COROGUARD_JUMP(name, file)                                                                                               \
  __asm__(".text\n.globl " #name "\n.type " #name ",@function\n.p2align 4\n" #name ":\n"                                         \
          "  .cfi_startproc\n  push %rbp\n  .cfi_def_cfa_offset 16\n  .cfi_offset %rbp, -16\n"                                    \
          "  mov %rsp, %rbp\n  .cfi_def_cfa_register %rbp\n  push %rdi\n  push %rsi\n  push %rdx\n  sub $8, %rsp\n"               \
          "  mov " #file ", %rdi\n  mov 8(%rbp), %rsi\n  mov %rbp, %rdx\n  call coroguard_tell_" #name "\n"                       \
          "  call coroguard_next_" #name "\n  mov %rax, %r11\n"                                                                   \
          "  add $8, %rsp\n  pop %rdx\n  pop %rsi\n  pop %rdi\n  pop %rbp\n  .cfi_def_cfa %rsp, 8\n  jmp *%r11\n"                 \
          "  .cfi_endproc\n.size " #name ", .-" #name "\n")
COROGUARD_JUMP(dlopen, %rdi);
COROGUARD_JUMP(dlmopen, %rsi);
COROGUARD_JUMP(vfork, %rdi);

// --- the journal: functions that end in `...` and have no form with a va_list, and what its header makes of the others ----

namespace {
int no_journal() { return -ENOSYS; }
void *next_in_journal(void *&known, const char *name) {
  if (!known)
    known = next_symbol(name);
  return known ? known : reinterpret_cast<void *>(no_journal);
}
} // namespace

#define COROGUARD_JOURNAL(function, row)                                                                                         \
  static void *next_##function;                                                                                                  \
  extern "C" __attribute__((visibility("hidden"), used)) void *coroguard_tell_##function(const void *caller, const void *frame) { \
    if (self.armed)                                                                                                              \
      tell(row, caller, frame, finding_level::always);                                                                           \
    return next_in_journal(next_##function, #function);                                                                          \
  }                                                                                                                              \
  __asm__(".text\n.globl " #function "\n.type " #function ",@function\n.p2align 4\n" #function ":\n"                             \
          "  .cfi_startproc\n  push %rbp\n  .cfi_def_cfa_offset 16\n  .cfi_offset %rbp, -16\n"                                   \
          "  mov %rsp, %rbp\n  .cfi_def_cfa_register %rbp\n  sub $192, %rsp\n  mov %rdi, (%rsp)\n  mov %rsi, 8(%rsp)\n"          \
          "  mov %rdx, 16(%rsp)\n  mov %rcx, 24(%rsp)\n  mov %r8, 32(%rsp)\n  mov %r9, 40(%rsp)\n  mov %rax, 48(%rsp)\n"        \
          "  movups %xmm0, 64(%rsp)\n  movups %xmm1, 80(%rsp)\n  movups %xmm2, 96(%rsp)\n  movups %xmm3, 112(%rsp)\n"           \
          "  movups %xmm4, 128(%rsp)\n  movups %xmm5, 144(%rsp)\n  movups %xmm6, 160(%rsp)\n  movups %xmm7, 176(%rsp)\n"        \
          "  mov 8(%rbp), %rdi\n  mov %rbp, %rsi\n  call coroguard_tell_" #function "\n  mov %rax, %r11\n"                       \
          "  mov (%rsp), %rdi\n  mov 8(%rsp), %rsi\n  mov 16(%rsp), %rdx\n  mov 24(%rsp), %rcx\n  mov 32(%rsp), %r8\n"           \
          "  mov 40(%rsp), %r9\n  mov 48(%rsp), %rax\n  movups 64(%rsp), %xmm0\n  movups 80(%rsp), %xmm1\n"                    \
          "  movups 96(%rsp), %xmm2\n  movups 112(%rsp), %xmm3\n  movups 128(%rsp), %xmm4\n  movups 144(%rsp), %xmm5\n"        \
          "  movups 160(%rsp), %xmm6\n  movups 176(%rsp), %xmm7\n  leave\n  .cfi_def_cfa %rsp, 8\n  jmp *%r11\n"               \
          "  .cfi_endproc\n.size " #function ", .-" #function "\n")
COROGUARD_JOURNAL(sd_journal_send, id_sd_journal_send);
COROGUARD_JOURNAL(sd_journal_send_with_location, id_sd_journal_send);
COROGUARD_JOURNAL(sd_journal_print_with_location, id_sd_journal_print);

} // namespace coroguard::guard
