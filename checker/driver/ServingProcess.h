// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inside of a process that Workers starts: it reads job numbers from a pipe, forks for each, and reports the ends.
#pragma once

#include "checker/driver/Workers.h"

#include <cstdint>
#include <memory>

namespace coroguard::driver {

/// What the process tells its parent. A job's output is whole in its pipe when the end of the job is reported.
struct ServingReport {
  enum class Kind : uint32_t { Ready, Ended, TimedOut };
  Kind kind = Kind::Ready;
  int32_t status = 0; ///< as of wait4
  double cpuSeconds = 0;
};

/// Lives in the forked process only.
class ServingProcess : public JobProcess {
public:
  static constexpr uint64_t leave = ~uint64_t{0}; ///< instead of a job's number

  /// Takes the descriptors over.
  ServingProcess(int commands, int reports, int output, int errors, std::chrono::milliseconds limit);
  ~ServingProcess() override;

  /// Runs `body` and ends the process: with status 0 for a job, 1 if the body never came to one.
  [[noreturn]] void run(llvm::function_ref<void(JobProcess &)> body);

  size_t next() override;
  llvm::raw_ostream &out() override;

private:
  void report(ServingReport::Kind kind, int status = 0, double cpuSeconds = 0);
  void waitFor(int job);

  int commands_, reports_;
  std::chrono::milliseconds limit_;
  std::unique_ptr<llvm::raw_ostream> out_;
  bool inJob_ = false;
};

} // namespace coroguard::driver
