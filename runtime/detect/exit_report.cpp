// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Builds that link the guard and run without `coroguard run`: at exit the record is handed to coroguard-report, which prints
// to standard error. As the sanitizers start their symbolizer; nothing is started when there is nothing to say.
#include "runtime/detect/process.h"
#include "runtime/detect/reporter.h"
#include "runtime/detect/state.h"
#include "runtime/detect/system.h"

#include <string.h>

namespace coroguard::guard {
namespace {

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
      run_reporter(argv);
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
