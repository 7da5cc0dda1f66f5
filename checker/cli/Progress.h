// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How far a run is, on standard error: one line that is written over on a terminal, a plain line now and then elsewhere.
#pragma once

#include "checker/driver/CheckRun.h"

#include <chrono>

namespace coroguard::cli {

class Progress {
public:
  explicit Progress(bool quiet);
  void show(const driver::CheckProgress &progress);
  /// Wipes the line.
  void clear();
  double seconds() const;

private:
  using Clock = std::chrono::steady_clock;
  std::string text(const driver::CheckProgress &progress) const;

  bool quiet_, terminal_;
  bool shown_ = false;
  size_t lastDone_ = 0;
  Clock::time_point started_ = Clock::now(), lastShown_ = Clock::now();
};

} // namespace coroguard::cli
