// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pool of forked processes, one per job.
#include "checker/driver/Workers.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace coroguard::driver {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t keptErrors = 8192; ///< bytes of standard error; the end is what tells

struct Running {
  size_t job = 0;
  pid_t process = 0;
  int output = -1, errors = -1; ///< read ends; -1 once at their end
  Clock::time_point started;
  bool timedOut = false, stopped = false;
  JobResult result;
};

/// In the child, for ever: do the job and leave without running the parent's destructors.
[[noreturn]] void runChild(size_t job, int output, int errors, llvm::function_ref<void(size_t, llvm::raw_ostream &)> work) {
  signal(SIGINT, SIG_IGN); // the terminal's Ctrl-C reaches the whole group; the parent decides
  signal(SIGTERM, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  rlimit noCore{0, 0};
  setrlimit(RLIMIT_CORE, &noCore);
  dup2(errors, STDERR_FILENO);
  if (int null = open("/dev/null", O_RDWR | O_CLOEXEC); null >= 0) {
    dup2(null, STDIN_FILENO);
    dup2(null, STDOUT_FILENO);
  }
  {
    llvm::raw_fd_ostream out(output, /*shouldClose=*/false);
    work(job, out);
    out.flush();
    out.clear_error(); // the parent may be gone
  }
  _exit(0);
}

/// Appends what can be read now; closes the descriptor at its end.
void drain(int &descriptor, std::string &text) {
  char buffer[65536];
  ssize_t count = read(descriptor, buffer, sizeof buffer);
  if (count > 0) {
    text.append(buffer, static_cast<size_t>(count));
  } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
    close(descriptor);
    descriptor = -1;
  }
}

std::string signalText(int number) {
  const char *name = strsignal(number);
  return name ? llvm::StringRef(name).lower() : "signal " + std::to_string(number);
}

/// Reaps a child whose pipes have ended.
JobResult finish(Running &running) {
  int status = 0;
  rusage usage{};
  while (wait4(running.process, &status, 0, &usage) < 0 && errno == EINTR)
    ;
  JobResult &result = running.result;
  auto seconds = [](const timeval &time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; };
  result.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  if (running.timedOut) {
    result.end = JobResult::End::TimedOut;
  } else if (running.stopped) {
    result.end = JobResult::End::Stopped;
  } else if (WIFSIGNALED(status)) {
    result.end = JobResult::End::Crashed;
    result.how = signalText(WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0) {
    result.end = JobResult::End::Crashed;
    result.how = "exit status " + std::to_string(WEXITSTATUS(status));
  }
  return std::move(result);
}

class Pool {
public:
  Pool(const WorkersOptions &options, llvm::function_ref<void(size_t, llvm::raw_ostream &)> work) : options_(options), work_(work) {}

  bool hasRoom() const { return running_.size() < std::max(1u, options_.jobs); }
  bool empty() const { return running_.empty() && failedStarts_.empty(); }

  void start(size_t job) {
    int output[2], errors[2];
    if (pipe2(output, O_CLOEXEC) != 0)
      return startFailed(job);
    if (pipe2(errors, O_CLOEXEC) != 0) {
      close(output[0]);
      close(output[1]);
      return startFailed(job);
    }
    llvm::outs().flush();
    llvm::errs().flush();
    pid_t process = fork();
    if (process == 0)
      runChild(job, output[1], errors[1], work_);
    close(output[1]);
    close(errors[1]);
    if (process < 0) {
      close(output[0]);
      close(errors[0]);
      return startFailed(job);
    }
    Running &running = running_.emplace_back();
    running.job = job;
    running.process = process;
    running.output = output[0];
    running.errors = errors[0];
    running.started = Clock::now();
  }

  void stopAll() {
    for (Running &running : running_)
      if (!running.stopped) {
        running.stopped = true;
        kill(running.process, SIGKILL);
      }
  }

  /// Waits up to `wait` for output and ends; hands ended jobs to `done`.
  void step(std::chrono::milliseconds wait, llvm::function_ref<void(size_t, JobResult)> done) {
    std::vector<pollfd> polled;
    for (Running &running : running_)
      for (int descriptor : {running.output, running.errors})
        if (descriptor >= 0)
          polled.push_back({descriptor, POLLIN, 0});
    poll(polled.data(), polled.size(), static_cast<int>(wait.count()));
    for (Running &running : running_) {
      for (const pollfd &ready : polled) {
        if (!ready.revents)
          continue;
        if (ready.fd == running.output)
          drain(running.output, running.result.output);
        else if (ready.fd == running.errors)
          drain(running.errors, running.result.errors);
      }
      if (running.result.errors.size() > 2 * keptErrors)
        running.result.errors.erase(0, running.result.errors.size() - keptErrors);
      if (options_.limit.count() && !running.timedOut && Clock::now() - running.started > options_.limit) {
        running.timedOut = true;
        kill(running.process, SIGKILL);
      }
    }
    for (size_t i = 0; i < running_.size();) {
      if (running_[i].output >= 0 || running_[i].errors >= 0) {
        ++i;
        continue;
      }
      size_t job = running_[i].job;
      JobResult result = finish(running_[i]);
      running_.erase(running_.begin() + static_cast<ptrdiff_t>(i));
      done(job, std::move(result));
    }
    for (auto &[job, why] : std::exchange(failedStarts_, {}))
      done(job, JobResult{JobResult::End::Crashed, why, {}, {}, 0});
  }

private:
  void startFailed(size_t job) { failedStarts_.emplace_back(job, std::string("cannot start a process: ") + strerror(errno)); }

  const WorkersOptions &options_;
  llvm::function_ref<void(size_t, llvm::raw_ostream &)> work_;
  std::vector<Running> running_;
  std::vector<std::pair<size_t, std::string>> failedStarts_;
};

} // namespace

void runForked(llvm::ArrayRef<size_t> order, const WorkersOptions &options,
               llvm::function_ref<void(size_t, llvm::raw_ostream &)> work,
               llvm::function_ref<void(size_t, JobResult)> done, llvm::function_ref<bool()> tick) {
  Pool pool(options, work);
  bool go = tick();
  while (!pool.empty() || (go && !order.empty())) {
    while (go && !order.empty() && pool.hasRoom()) {
      pool.start(order.front());
      order = order.drop_front();
    }
    pool.step(std::chrono::milliseconds(100), done);
    if (go && !tick()) {
      go = false;
      pool.stopAll();
    }
  }
}

/// From /proc/meminfo, in bytes.
static std::optional<uint64_t> availableMemory() {
  auto info = llvm::MemoryBuffer::getFileAsStream("/proc/meminfo");
  if (!info)
    return std::nullopt;
  auto [before, after] = (*info)->getBuffer().split("MemAvailable:");
  uint64_t kilobytes = 0;
  if (after.ltrim().consumeInteger(10, kilobytes))
    return std::nullopt;
  return kilobytes * 1024;
}

unsigned defaultJobs() {
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  if (std::optional<uint64_t> memory = availableMemory())
    jobs = std::clamp<uint64_t>(*memory >> 30, 1, jobs);
  return jobs;
}

} // namespace coroguard::driver
