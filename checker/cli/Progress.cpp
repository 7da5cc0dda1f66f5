// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Progress of a run.
#include "checker/cli/Progress.h"

#include "checker/cli/Terminal.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

#include <unistd.h>

namespace coroguard::cli {

Progress::Progress(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO)) {}

double Progress::seconds() const { return std::chrono::duration<double>(Clock::now() - started_).count(); }

std::string Progress::text(const driver::CheckProgress &progress) const {
  std::string line = llvm::formatv("[{0}/{1}]", progress.done, progress.total);
  if (progress.done == progress.skipped)
    return line;
  double rate = static_cast<double>(progress.done - progress.skipped) / seconds();
  auto left = static_cast<unsigned>(static_cast<double>(progress.total - progress.done) / rate + 0.5);
  line += llvm::formatv(" {0:f1} units/s", rate);
  if (left >= 60)
    line += llvm::formatv(", {0} min {1} s left", left / 60, left % 60);
  else if (left > 0)
    line += llvm::formatv(", {0} s left", left);
  return line;
}

void Progress::show(const driver::CheckProgress &progress) {
  if (quiet_)
    return;
  Clock::time_point now = Clock::now();
  if (!terminal_) { // a log: a line every ten seconds says that it is alive
    if (now - lastShown_ >= std::chrono::seconds(10) && progress.done > lastDone_ && progress.done < progress.total) {
      llvm::errs() << "coroguard: " << text(progress) << '\n';
      lastShown_ = now;
      lastDone_ = progress.done;
    }
    return;
  }
  // A job in the background that draws on the terminal is in the way, and with `stty tostop` it is stopped.
  if (tcgetpgrp(STDERR_FILENO) != getpgrp())
    return;
  if (shown_ && progress.done == lastDone_ && now - lastShown_ < std::chrono::milliseconds(500))
    return;
  std::string line = text(progress);
  size_t room = styleFor("never", STDERR_FILENO).width - 1;
  if (!progress.lastUnit.empty() && line.size() + progress.lastUnit.size() + 2 < room)
    line += "  " + progress.lastUnit.str();
  llvm::errs() << "\r\033[K" << llvm::StringRef(line).take_front(room);
  shown_ = true;
  lastShown_ = now;
  lastDone_ = progress.done;
}

void Progress::clear() {
  if (std::exchange(shown_, false))
    llvm::errs() << "\r\033[K";
}

} // namespace coroguard::cli
