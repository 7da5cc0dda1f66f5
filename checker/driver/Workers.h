// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs jobs in forked processes, so many at a time, and collects what they write. A job that crashes or hangs takes
// nothing with it (docs/decisions/0007-forked-workers.md).
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <chrono>
#include <string>

namespace llvm {
class raw_ostream;
}

namespace coroguard::driver {

struct JobResult {
  enum class End { Finished, Crashed, TimedOut, Stopped };
  End end = End::Finished;
  std::string how;    ///< "segmentation fault", "exit status 1"; of Crashed
  std::string output; ///< whole even when the job did not finish
  std::string errors; ///< the tail of its standard error
  double cpuSeconds = 0;
};

struct WorkersOptions {
  unsigned jobs = 1;
  std::chrono::milliseconds limit{0}; ///< per job, 0 for none
};

/// Runs `work` for each element of `order`, in a child process; what it writes goes to `done` in the parent, in order of
/// completion. `tick` is called in the parent at least ten times a second; when it returns false the running jobs
/// are stopped (their output so far still goes to `done`) and the rest is not started.
/// The caller must have no other threads.
void runForked(llvm::ArrayRef<size_t> order, const WorkersOptions &options,
               llvm::function_ref<void(size_t job, llvm::raw_ostream &out)> work,
               llvm::function_ref<void(size_t job, JobResult result)> done, llvm::function_ref<bool()> tick);

/// As many jobs as there are processors this process may use and memory for: a unit takes about a gigabyte.
unsigned defaultJobs();

} // namespace coroguard::driver
