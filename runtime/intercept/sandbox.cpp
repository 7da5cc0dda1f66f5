// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Programs that forbid themselves system calls (seccomp). What such a filter allows is made for the program alone: one call of
// the guard's would end it. So the guard stops looking, for good, before the filter comes; what it saw until then is reported.
#include "runtime/intercept/custom.h"
#include "runtime/intercept/headers.h"

#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>

namespace coroguard::guard {
namespace {

void leave_alone() {
  if (process.disabled || uint32_t(sys::getpid()) != process.pid)
    return;
  if (!process.linked)
    ensure_record();
  forget_raw_calls();
  process.disabled = process.sandboxed = true;
  self.armed = 0;
  stop_watchdog();
  if (process.file)
    note_line("the program installed a seccomp filter: what happened from then on was not looked at");
}

COROGUARD_REAL(prctl, int, (int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d), (option, a, b, c, d))
COROGUARD_EXPORT int hook_prctl(int option, ...) __asm__("prctl");
int hook_prctl(int option, ...) {
  va_list ap;
  va_start(ap, option);
  unsigned long words[4];
  for (unsigned long &word : words)
    word = va_arg(ap, unsigned long);
  va_end(ap);
  if (option == PR_SET_SECCOMP)
    before_filter(words[0] == SECCOMP_MODE_STRICT, words[0] == SECCOMP_MODE_FILTER ? words[1] : 0);
  return real_prctl(option, words[0], words[1], words[2], words[3]);
}

} // namespace

void before_filter(bool strict, unsigned long filter) {
  if (strict || filter) // none: it only asks whether there are filters
    leave_alone();
}

void before_system_call(long number, long a, long c) {
  if (__builtin_expect(number == SYS_seccomp, 0))
    before_filter(a == SECCOMP_SET_MODE_STRICT, a == SECCOMP_SET_MODE_FILTER ? static_cast<unsigned long>(c) : 0);
}

} // namespace coroguard::guard
