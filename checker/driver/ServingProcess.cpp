// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Forks for jobs and waits for them.
#include "checker/driver/ServingProcess.h"

#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace coroguard::driver {

static sigset_t childSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGCHLD);
  return signals;
}

ServingProcess::ServingProcess(int commands, int reports, int output, int errors, std::chrono::milliseconds limit)
    : commands_(commands), reports_(reports), limit_(limit),
      out_(std::make_unique<llvm::raw_fd_ostream>(output, /*shouldClose=*/false)) {
  signal(SIGINT, SIG_IGN); // the terminal's Ctrl-C reaches the whole group; the parent decides
  signal(SIGTERM, SIG_DFL);
  signal(SIGCHLD, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  rlimit noCore{0, 0};
  setrlimit(RLIMIT_CORE, &noCore);
  dup2(errors, STDERR_FILENO);
  close(errors);
  if (int null = open("/dev/null", O_RDWR | O_CLOEXEC); null >= 0) {
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
  }
  const sigset_t signals = childSignals(); // sigtimedwait() takes them
  sigprocmask(SIG_BLOCK, &signals, nullptr);
}

ServingProcess::~ServingProcess() = default;

void ServingProcess::run(llvm::function_ref<void(JobProcess &)> body) {
  body(*this);
  if (!inJob_) _exit(1);
  out_->flush();
  static_cast<llvm::raw_fd_ostream &>(*out_).clear_error(); // the parent may be gone
  _exit(0);
}

llvm::raw_ostream &ServingProcess::out() {
  return *out_;
}

void ServingProcess::report(ServingReport::Kind kind, int status, double cpuSeconds) {
  const ServingReport report{kind, status, cpuSeconds};
  if (write(reports_, &report, sizeof report) != sizeof report) // short enough to be written whole
    _exit(0);                                                   // the parent is gone
}

size_t ServingProcess::next() {
  report(ServingReport::Kind::Ready);
  for (;;) {
    uint64_t job = leave;
    ssize_t count;
    while ((count = read(commands_, &job, sizeof job)) < 0 && errno == EINTR)
      ;
    if (count != sizeof job || job == leave) _exit(0);
    const pid_t self = getpid(), process = fork();
    if (process < 0) {
      llvm::errs() << "cannot start a process: " << std::strerror(errno) << '\n';
      llvm::errs().flush();
      report(ServingReport::Kind::Ended, W_EXITCODE(1, 0));
    } else if (process > 0) {
      waitFor(process);
    } else {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (getppid() != self) _exit(0);
      const sigset_t signals = childSignals();
      sigprocmask(SIG_UNBLOCK, &signals, nullptr);
      close(commands_);
      close(reports_);
      inJob_ = true;
      return job;
    }
  }
}

void ServingProcess::waitFor(int process) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point start = Clock::now();
  const sigset_t signals = childSignals();
  bool timedOut = false;
  int status = 0;
  rusage usage{};
  while (wait4(process, &status, timedOut || !limit_.count() ? 0 : WNOHANG, &usage) != process) {
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(limit_ - (Clock::now() - start)).count();
    if (!limit_.count() || timedOut) continue; // interrupted
    timespec time{left / 1'000'000'000, left % 1'000'000'000};
    if (left <= 0 || (sigtimedwait(&signals, nullptr, &time) < 0 && errno == EAGAIN)) {
      timedOut = true;
      kill(process, SIGKILL);
    }
  }
  auto seconds = [](const timeval &value) {
    return static_cast<double>(value.tv_sec) + static_cast<double>(value.tv_usec) * 1e-6;
  };
  report(timedOut ? ServingReport::Kind::TimedOut : ServingReport::Kind::Ended, status,
         seconds(usage.ru_utime) + seconds(usage.ru_stime));
}

} // namespace coroguard::driver
