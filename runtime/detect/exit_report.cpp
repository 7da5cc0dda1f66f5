// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds that link the guard and run without `coroguard run`: at exit the record is handed to coroguard-report, which prints
// to standard error. As the sanitizers start their symbolizer; nothing is started when there is nothing to say.
#include "runtime/detect/process.h"
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

namespace coroguard::guard {
namespace {

bool executable(const char *path) { return sys::call(SYS_faccessat, AT_FDCWD, long(path), X_OK) == 0; }

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
  for (const char *leaf : {"/../bin/coroguard-report", "/coroguard-report"}) {
    memcpy(out, process.library_path, n);
    sys::put_text(out + n, leaf);
    if (executable(out))
      return true;
  }
  return false;
}

bool anything_to_say() {
  for (auto &s : process.file->sites)
    if (s.ready.load(std::memory_order_acquire) && (s.confirmed.load() || s.tentative.load()))
      return true;
  return false;
}

} // namespace

void report_at_exit() {
  if (!process.file)
    return;
  bool kept = process.opt.log_path.value[0] != 0;
  if (anything_to_say()) {
    char reporter[512];
    if (process.opt.symbolize && find_reporter(reporter)) {
      char suppressions[300] = "--suppressions=";
      char *argv[8];
      int n = 0;
      argv[n++] = reporter;
      argv[n++] = const_cast<char *>("--stderr");
      if (process.opt.suppressions.value[0]) {
        sys::put_text(suppressions + strlen(suppressions), process.opt.suppressions.value);
        argv[n++] = suppressions;
      }
      argv[n++] = process.record_path;
      argv[n] = nullptr;
      self.armed = 0;
      pid_t pid;
      int status;
      if (posix_spawn(&pid, reporter, nullptr, nullptr, argv, environ) == 0)
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
          ;
    } else {
      kept = true;
      char line[400];
      sys::put_text(sys::put_text(sys::put_text(line, "coroguard: this run has reports; show them with: coroguard report "), process.record_path), "");
      warn_line(line);
    }
  }
  if (!kept)
    sys::call(SYS_unlink, long(process.record_path));
}

} // namespace coroguard::guard
