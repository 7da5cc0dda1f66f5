// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Starting coroguard-report without libc: from any thread, inside any call, without a trace in the program's own children.
#include "runtime/detect/reporter.h"

#include "runtime/detect/process.h"
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace coroguard::guard {
namespace {

constexpr unsigned max_variables = 1024;

bool executable(const char *path) { return sys::call(SYS_faccessat, AT_FDCWD, long(path), X_OK) == 0; }

struct command {
  char **argv;
  char *environment[max_variables + 1];
};

[[noreturn]] int become(void *raw) {
  auto *what = static_cast<command *>(raw);
  sys::call(SYS_execve, long(what->argv[0]), long(what->argv), long(what->environment));
  for (;;)
    sys::call(SYS_exit, 127);
}

std::atomic<uint8_t> judged[record::max_sites]; // 0 not asked, 1 a finding, 2 none

} // namespace

/// Beside the library as built or installed (lib/ and bin/), or COROGUARD_REPORTER.
bool find_reporter(char (&out)[512]) {
  for (char **e = environ; e && *e; ++e)
    if (strncmp(*e, "COROGUARD_REPORTER=", 19) == 0 && strlen(*e + 19) < sizeof out) {
      sys::put_text(out, *e + 19);
      return executable(out);
    }
  const char *slash = strrchr(process.library_path, '/');
  if (!slash || size_t(slash - process.library_path) + 32 > sizeof out)
    return false;
  size_t n = size_t(slash - process.library_path);
  for (const char *leaf : {"/../bin/coroguard-report", "/../../bin/coroguard-report", "/coroguard-report"}) {
    memcpy(out, process.library_path, n);
    sys::put_text(out + n, leaf);
    if (executable(out))
      return true;
  }
  return false;
}

int run_reporter(char **argv) {
  constexpr long size = 64 * 1024;
  long memory = sys::call(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory < 0 && memory > -4096)
    return -1;
  auto *what = reinterpret_cast<command *>(memory);
  what->argv = argv;
  unsigned n = 0;
  for (char **e = environ; e && *e && n < max_variables; ++e)
    if (strncmp(*e, "LD_PRELOAD=", 11) != 0) // the reporter is not to be watched
      what->environment[n++] = *e;
  what->environment[n] = nullptr;
  uint64_t all = ~uint64_t(0), old = 0; // the program's handlers must not run in the child, which shares its memory
  sys::call(SYS_rt_sigprocmask, 0 /* SIG_BLOCK */, long(&all), long(&old), 8);
  long pid = sys::start(CLONE_VM | CLONE_VFORK, memory + size - 64, 0, become, what);
  int status = -1;
  if (pid > 0)
    while (sys::call(SYS_wait4, pid, long(&status), __WALL, 0) == -EINTR)
      ;
  sys::call(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, long(&old), 0, 8);
  sys::call(SYS_munmap, memory, size);
  return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
}

bool counts_as_finding(uint16_t site) {
  uint8_t known = judged[site].load(std::memory_order_relaxed);
  if (known)
    return known == 1;
  char path[512], number[32] = "--judge=", suppressions[300] = "--suppressions=";
  bool counts = true;
  if (find_reporter(path)) {
    char *argv[6] = {path, number, process.record_path};
    sys::put_number(number + strlen(number), site)[0] = 0;
    if (process.opt.suppressions.value[0]) {
      sys::put_text(suppressions + strlen(suppressions), process.opt.suppressions.value);
      argv[3] = suppressions;
    }
    counts = run_reporter(argv) != 0;
  }
  judged[site].store(counts ? 1 : 2, std::memory_order_relaxed);
  return counts;
}

} // namespace coroguard::guard
