// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// System calls that pass no function of libc's (option raw_syscalls): the kernel's Syscall User Dispatch turns each one that a
// loop thread makes outside libc into a SIGSYS, whose handler makes the call, and reports it if it waited. For that the program
// may neither block SIGSYS nor take its handler; the hooks below see to it. Programs that use SIGSYS themselves keep it, and
// have no such reports. The hooks of sigaction and signal also keep the signal that takes samples out of the program's sight.
#include "runtime/intercept/custom.h"
#include "runtime/intercept/headers.h"

#include <linux/prctl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <ucontext.h>

#ifndef SYS_USER_DISPATCH
#define SYS_USER_DISPATCH 2
#endif

namespace coroguard::guard {

finding_level raw_wait(long number, long b, long c) {
  switch (number) {
  case SYS_futex: {
    int command = int(b) & FUTEX_CMD_MASK;
    bool waits = command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET || command == FUTEX_LOCK_PI || command == FUTEX_WAIT_REQUEUE_PI || command == 13;
    return waits ? finding_level::if_waited : finding_level::none;
  }
  case SYS_io_uring_enter: return c > 0 ? finding_level::if_waited : finding_level::none;
  case SYS_epoll_wait: case SYS_epoll_pwait: case SYS_epoll_pwait2: case SYS_poll: case SYS_ppoll: case SYS_select: case SYS_pselect6:
  case SYS_nanosleep: case SYS_clock_nanosleep: case SYS_flock: case SYS_wait4: case SYS_waitid: case SYS_fsync: case SYS_fdatasync:
  case SYS_read: case SYS_write: case SYS_connect: case SYS_accept: case SYS_accept4: case SYS_recvfrom: case SYS_sendto:
  case SYS_readv: case SYS_writev: case SYS_recvmsg: case SYS_sendmsg: case SYS_pause: case SYS_rt_sigtimedwait:
    return finding_level::if_waited;
  default: return finding_level::none;
  }
}

namespace {

constexpr char allow = 0, dispatch = 1;

struct text_range {
  uint64_t start, end;
  bool contains(uint64_t ip) const { return start <= ip && ip < end; }
};
text_range libc_text, own_text;
enum class state : uint32_t { untried, ready, impossible };
std::atomic<state> prepared;

text_range range_of(const void *function) {
  dl_find_object object;
  if (_dl_find_object(const_cast<void *>(function), &object) != 0)
    return {};
  return {uint64_t(object.dlfo_map_start), uint64_t(object.dlfo_map_end)};
}

/// Calls that change what a handler stands on: made by the program itself, after which the rest of the turn is not looked at.
bool must_be_made_in_place(long number) {
  switch (number) {
  case SYS_rt_sigreturn: case SYS_clone: case SYS_clone3: case SYS_fork: case SYS_vfork: case SYS_execve: case SYS_execveat:
  case SYS_rt_sigprocmask: case SYS_sigaltstack: case SYS_rt_sigsuspend: case SYS_exit: case SYS_exit_group: case SYS_arch_prctl:
  case SYS_prctl: case SYS_rseq: case SYS_set_robust_list:
    return true;
  default:
    return false;
  }
}

void on_dispatch(int, siginfo_t *info, void *raw) {
  self.selector = allow;
  auto &regs = static_cast<ucontext_t *>(raw)->uc_mcontext.gregs;
  if (info->si_code != SYS_USER_DISPATCH)
    return;
  long number = info->si_syscall;
  if (must_be_made_in_place(number)) {
    regs[REG_RAX] = number;
    regs[REG_RIP] -= 2; // the instruction again, now allowed
    return;
  }
  uint64_t sp = uint64_t(regs[REG_RSP]), ip = uint64_t(regs[REG_RIP]);
  bool looked_at = self.armed && is_outermost(reinterpret_cast<void *>(sp)) && !own_text.contains(ip);
  finding_level level = looked_at ? raw_wait(number, regs[REG_RSI], regs[REG_RDX]) : finding_level();
  call_context call{record::none16, ip, sp, uint64_t(regs[REG_RBP]), 0};
  uint32_t switches = 0;
  if (level.level != finding_level::none) {
    switches = voluntary_switches();
    enter_call(call, reinterpret_cast<void *>(sp));
  }
  regs[REG_RAX] = sys::call(number, regs[REG_RDI], regs[REG_RSI], regs[REG_RDX], regs[REG_R10], regs[REG_R8], regs[REG_R9]);
  if (level.level != finding_level::none) {
    uint64_t duration = end_call(call);
    self.raw_call = number + 1;
    conclude_call(call, level, duration, switches);
    self.raw_call = 0;
  }
  self.selector = dispatch;
}

/// libc's sigaction: its restorer lies in libc, where system calls are allowed.
COROGUARD_REAL(sigaction, int, (int signal, const struct sigaction *action, struct sigaction *old), (signal, action, old))
COROGUARD_REAL(pthread_sigmask, int, (int how, const sigset_t *set, sigset_t *old), (how, set, old))
COROGUARD_REAL(sigprocmask, int, (int how, const sigset_t *set, sigset_t *old), (how, set, old))

bool prepare() {
  state now = prepared.load(std::memory_order_acquire);
  if (now != state::untried)
    return now == state::ready;
  struct sigaction action {};
  bool free = real_sigaction(SIGSYS, nullptr, &action) == 0 && action.sa_handler == SIG_DFL;
  libc_text = range_of(reinterpret_cast<const void *>(real_sigaction));
  own_text = range_of(reinterpret_cast<const void *>(&on_dispatch));
  action = {};
  action.sa_sigaction = on_dispatch;
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_RESTART;
  bool ok = free && libc_text.end && real_sigaction(SIGSYS, &action, nullptr) == 0;
  prepared.store(ok ? state::ready : state::impossible, std::memory_order_release);
  if (!ok)
    note_line("raw_syscalls: the program uses SIGSYS itself; system calls outside libc are not seen");
  return ok;
}

bool watching() { return __builtin_expect(process.opt.raw_syscalls && prepared.load(std::memory_order_relaxed) == state::ready, 0); }

const sigset_t *without_dispatch(int how, const sigset_t *set, sigset_t &copy) {
  if (!set || how == SIG_UNBLOCK || !watching())
    return set;
  copy = *set;
  sigdelset(&copy, SIGSYS);
  return &copy;
}

COROGUARD_EXPORT int hook_pthread_sigmask(int how, const sigset_t *set, sigset_t *old) __asm__("pthread_sigmask");
int hook_pthread_sigmask(int how, const sigset_t *set, sigset_t *old) {
  sigset_t copy;
  return real_pthread_sigmask(how, without_dispatch(how, set, copy), old);
}
COROGUARD_EXPORT int hook_sigprocmask(int how, const sigset_t *set, sigset_t *old) __asm__("sigprocmask");
int hook_sigprocmask(int how, const sigset_t *set, sigset_t *old) {
  sigset_t copy;
  return real_sigprocmask(how, without_dispatch(how, set, copy), old);
}
/// SIGSYS is the program's from now on, and nobody is dispatched.
void give_up() {
  prepared.store(state::impossible, std::memory_order_release);
  self.selector = allow;
}
/// A signal that is ours while the program leaves it at its default: that is what the program sees, and may set again.
bool is_ours(int signal) { return takes_samples(signal) || (signal == SIGSYS && watching()); }

COROGUARD_EXPORT int hook_sigaction(int signal, const struct sigaction *action, struct sigaction *old) __asm__("sigaction");
int hook_sigaction(int signal, const struct sigaction *action, struct sigaction *old) {
  if (__builtin_expect(is_ours(signal), 0)) {
    int result = 0;
    if (action && action->sa_handler != SIG_DFL) {
      if (signal == SIGSYS)
        give_up();
      result = real_sigaction(signal, action, nullptr);
    }
    if (result == 0 && old)
      *old = {};
    return result;
  }
  if (!action || !watching())
    return real_sigaction(signal, action, old);
  struct sigaction copy = *action;
  sigdelset(&copy.sa_mask, SIGSYS);
  return real_sigaction(signal, &copy, old);
}

#define COROGUARD_SIGNAL(function)                                                                                               \
  COROGUARD_REAL(function, sighandler_t, (int signal, sighandler_t handler), (signal, handler))                                  \
  COROGUARD_EXPORT sighandler_t hook_##function(int signal, sighandler_t handler) __asm__(#function);                            \
  sighandler_t hook_##function(int signal, sighandler_t handler) {                                                               \
    if (__builtin_expect(!is_ours(signal), 1))                                                                                   \
      return real_##function(signal, handler);                                                                                   \
    if (handler == SIG_DFL)                                                                                                      \
      return SIG_DFL;                                                                                                            \
    if (signal == SIGSYS)                                                                                                        \
      give_up();                                                                                                                 \
    return real_##function(signal, handler) == SIG_ERR ? SIG_ERR : SIG_DFL;                                                      \
  }
COROGUARD_SIGNAL(signal)
COROGUARD_SIGNAL(bsd_signal)
COROGUARD_SIGNAL(ssignal)
COROGUARD_SIGNAL(sysv_signal)
COROGUARD_SIGNAL(__sysv_signal)

} // namespace

void watch_raw_calls() {
  if (!process.opt.raw_syscalls || self.dispatched || !prepare())
    return;
  uint64_t blocked = 0;
  if (sys::call(SYS_rt_sigprocmask, SIG_BLOCK, 0, long(&blocked), 8) != 0 || (blocked >> (SIGSYS - 1) & 1))
    return; // a blocked SIGSYS would end the program
  self.selector = allow;
  long result = sys::call(SYS_prctl, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, long(libc_text.start),
                          long(libc_text.end - libc_text.start), long(&self.selector));
  if (result != 0) {
    prepared.store(state::impossible, std::memory_order_release);
    note_line("raw_syscalls: this kernel has no Syscall User Dispatch (Linux 5.11, x86)");
    return;
  }
  self.dispatched = true;
}

void raw_calls_in_turn(bool look) {
  if (self.dispatched)
    self.selector = look && prepared.load(std::memory_order_relaxed) == state::ready ? dispatch : allow;
}

void forget_raw_calls() {
  if (!self.dispatched)
    return;
  self.selector = allow;
  sys::call(SYS_prctl, PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_OFF, 0, 0, 0);
  self.dispatched = false;
}

} // namespace coroguard::guard
