// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Runs jobs in forked processes, so many at a time, and collects what they write. A job that crashes or hangs takes
// nothing with it (docs/decisions/0007-forked-workers.md). Jobs with a costly beginning in common share a process that
// makes it once and forks again for each of them.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLFunctionalExtras.h"

#include <chrono>
#include <string>
#include <vector>

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
  std::chrono::milliseconds limit{0}; ///< per job and per beginning, 0 for none
};

/// Jobs with the same beginning.
struct JobGroup {
  std::vector<size_t> jobs;
  bool prepared = false; ///< there is something to do before the first job
};

/// What the code of a group's process has in hand.
class JobProcess {
public:
  virtual ~JobProcess() = default;
  /// Waits for a job, forks, and returns its number in the child. The process itself does not come back from here.
  virtual size_t next() = 0;
  /// Where the job writes; of no use before next().
  virtual llvm::raw_ostream &out() = 0;
};

/// Runs all jobs of all groups, costly ones first; `costs` are by job. For each process of a group, `body` is called:
/// it makes the beginning if `prepared`, calls next(), does the job and returns. If it returns, crashes or hangs before
/// it calls next(), the jobs of its group run with `prepared` false. What jobs write goes to `done` in the parent, in
/// order of completion. `tick` is called in the parent at least ten times a second; when it returns false the running
/// jobs are stopped (their output so far still goes to `done`) and the rest is not started.
/// Returns the CPU seconds that beginnings took. The caller must have no other threads.
double runForked(llvm::ArrayRef<JobGroup> groups, llvm::ArrayRef<double> costs, const WorkersOptions &options,
                 llvm::function_ref<void(size_t group, bool prepared, JobProcess &process)> body,
                 llvm::function_ref<void(size_t job, JobResult result)> done, llvm::function_ref<bool()> tick);

/// As many jobs as there are processors this process may use and memory for: a unit takes about a gigabyte.
unsigned defaultJobs();

} // namespace coroguard::driver
