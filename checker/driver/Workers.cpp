// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A pool of forked processes. Each serves one group: it prepares, then takes jobs from the parent and forks for each.
#include "checker/driver/Workers.h"

#include "checker/driver/ServingProcess.h"

#include "llvm/ADT/STLExtras.h"
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
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace coroguard::driver {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t keptErrors = 8192; ///< bytes of standard error; the end is what tells

/// A process as the parent sees it. Pipes are -1 once at their end.
struct Lane {
  size_t group = 0;
  bool prepared = false;
  pid_t process = 0;
  int commands = -1, reports = -1, output = -1, errors = -1;
  bool ready = false;   ///< it has begun to serve
  bool leaving = false; ///< it was told to end, or killed
  std::optional<size_t> job;
  Clock::time_point since; ///< the start of the process
  std::string reported;    ///< bytes of a report that is not yet whole
  JobResult result;
  double jobSeconds = 0;
};

struct Waiting {
  std::vector<size_t> jobs; ///< the next one last
  double cost = 0;
  unsigned lanes = 0;
  bool prepared = false;
};

/// Appends what can be read now; closes the descriptor at its end. False if there was nothing to read.
bool drain(int &descriptor, std::string &text) {
  char buffer[65536];
  const ssize_t count = descriptor < 0 ? -1 : read(descriptor, buffer, sizeof buffer);
  if (count > 0) {
    text.append(buffer, static_cast<size_t>(count));
    return true;
  }
  if (descriptor >= 0 && (count == 0 || (errno != EINTR && errno != EAGAIN))) {
    close(descriptor);
    descriptor = -1;
  }
  return false;
}

void drainAll(int &descriptor, std::string &text) {
  while (drain(descriptor, text))
    ;
}

std::string signalText(int number) {
  const char *name = strsignal(number);
  return name ? llvm::StringRef(name).lower() : "signal " + std::to_string(number);
}

double secondsOf(const rusage &usage) {
  auto seconds = [](const timeval &time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

class Pool {
public:
  Pool(llvm::ArrayRef<JobGroup> groups, llvm::ArrayRef<double> costs, const WorkersOptions &options,
       llvm::function_ref<void(size_t, bool, JobProcess &)> body, llvm::function_ref<void(size_t, JobResult)> done)
      : costs_(costs), options_(options), body_(body), done_(done) {
    for (const JobGroup &group : groups) {
      Waiting &waiting = waiting_.emplace_back();
      waiting.prepared = group.prepared;
      waiting.jobs = group.jobs;
      llvm::stable_sort(waiting.jobs, [&](size_t a, size_t b) { return costs[a] < costs[b]; });
      for (size_t job : group.jobs)
        waiting.cost += costs[job];
    }
  }

  bool finished() const { return lanes_.empty() && !group(); }
  bool idle() const { return lanes_.empty(); }
  double preparation() const { return preparation_; }

  /// Starts processes while there is room and work that no process is free for.
  void fill() {
    while (lanes_.size() < std::max(1u, options_.jobs)) {
      std::optional<size_t> next = group();
      if (!next || !start(*next)) return;
    }
  }

  void stopAll() {
    for (Waiting &waiting : waiting_)
      waiting.jobs.clear();
    for (Lane &lane : lanes_)
      if (!std::exchange(lane.leaving, true)) {
        if (lane.job) lane.result.end = JobResult::End::Stopped;
        kill(lane.process, SIGKILL);
      }
  }

  /// Waits up to `wait` for something to happen and handles it.
  void step(std::chrono::milliseconds wait) {
    std::vector<pollfd> polled;
    for (Lane &lane : lanes_)
      for (int descriptor : {lane.reports, lane.output, lane.errors})
        if (descriptor >= 0) polled.push_back({descriptor, POLLIN, 0});
    poll(polled.data(), polled.size(), static_cast<int>(wait.count()));
    for (Lane &lane : lanes_) {
      drain(lane.output, lane.result.output);
      drain(lane.errors, lane.result.errors);
      if (lane.result.errors.size() > 2 * keptErrors)
        lane.result.errors.erase(0, lane.result.errors.size() - keptErrors);
      drainAll(lane.reports, lane.reported);
      takeReports(lane);
      if (!lane.ready && !lane.leaving && options_.limit.count() && Clock::now() - lane.since > options_.limit) {
        lane.leaving = true;
        kill(lane.process, SIGKILL);
      }
    }
    for (size_t i = 0; i < lanes_.size();) {
      Lane &lane = lanes_[i];
      if (lane.reports >= 0 || lane.output >= 0 || lane.errors >= 0) {
        ++i;
        continue;
      }
      Lane ended = std::move(lane);
      lanes_.erase(lanes_.begin() + static_cast<ptrdiff_t>(i));
      reap(std::move(ended));
    }
  }

private:
  /// The group with most left to do for each of its processes.
  std::optional<size_t> group() const {
    std::optional<size_t> best;
    auto need = [&](size_t i) { return waiting_[i].cost / (waiting_[i].lanes + 1); };
    for (size_t i = 0; i < waiting_.size(); ++i)
      if (!waiting_[i].jobs.empty() && (!best || need(i) > need(*best))) best = i;
    return best;
  }

  size_t takeJob(size_t group) {
    Waiting &waiting = waiting_[group];
    const size_t job = waiting.jobs.back();
    waiting.jobs.pop_back();
    waiting.cost -= costs_[job];
    return job;
  }

  void giveBack(size_t group, size_t job) {
    waiting_[group].jobs.push_back(job);
    waiting_[group].cost += costs_[job];
  }

  /// The next job of its group, or the word to leave.
  void command(Lane &lane) {
    uint64_t word = ServingProcess::leave;
    if (!waiting_[lane.group].jobs.empty())
      word = *(lane.job = takeJob(lane.group));
    else
      lane.leaving = true;
    if (write(lane.commands, &word, sizeof word) != sizeof word) {
      // It has died; the end of its pipes will tell.
    }
  }

  bool start(size_t group) {
    int pipes[4][2];
    for (int i = 0; i < 4; ++i)
      if (pipe2(pipes[i], O_CLOEXEC) != 0) {
        const int error = errno;
        while (i-- > 0)
          close(pipes[i][0]), close(pipes[i][1]);
        return startFailed(group, error);
      }
    auto [commands, reports, output, errors] = pipes;
    llvm::outs().flush();
    llvm::errs().flush();
    const pid_t process = fork();
    if (process == 0) {
      for (const Lane &other : lanes_) // their ends must be theirs alone
        for (int descriptor : {other.commands, other.reports, other.output, other.errors})
          if (descriptor >= 0) close(descriptor);
      close(commands[1]), close(reports[0]), close(output[0]), close(errors[0]);
      ServingProcess(commands[0], reports[1], output[1], errors[1], options_.limit).run([&](JobProcess &serving) {
        body_(group, waiting_[group].prepared, serving);
      });
    }
    const int error = errno;
    close(commands[0]), close(reports[1]), close(output[1]), close(errors[1]);
    if (process < 0) {
      close(commands[1]), close(reports[0]), close(output[0]), close(errors[0]);
      return startFailed(group, error);
    }
    Lane &lane = lanes_.emplace_back();
    lane.group = group;
    lane.prepared = waiting_[group].prepared;
    lane.process = process;
    lane.commands = commands[1];
    lane.reports = reports[0];
    lane.output = output[0];
    lane.errors = errors[0];
    for (int descriptor : {lane.reports, lane.output, lane.errors})
      fcntl(descriptor, F_SETFL, O_NONBLOCK);
    lane.since = Clock::now();
    ++waiting_[group].lanes;
    command(lane);
    return true;
  }

  /// With others running, the machine may have room later; without, it will not.
  bool startFailed(size_t group, int error) {
    if (lanes_.empty())
      done_(takeJob(group),
            JobResult{JobResult::End::Crashed, std::string("cannot start a process: ") + strerror(error), {}, {}, 0});
    return lanes_.empty();
  }

  void takeReports(Lane &lane) {
    ServingReport report;
    while (lane.reported.size() >= sizeof report) {
      std::memcpy(&report, lane.reported.data(), sizeof report);
      lane.reported.erase(0, sizeof report);
      if (report.kind == ServingReport::Kind::Ready) {
        lane.ready = true;
        continue;
      }
      drainAll(lane.output, lane.result.output);
      drainAll(lane.errors, lane.result.errors);
      if (lane.result.end != JobResult::End::Stopped) {
        if (report.kind == ServingReport::Kind::TimedOut)
          lane.result.end = JobResult::End::TimedOut;
        else
          setEnd(lane.result, report.status);
      }
      lane.result.cpuSeconds = report.cpuSeconds;
      lane.jobSeconds += report.cpuSeconds;
      if (lane.job) deliver(lane);
      if (!lane.leaving) command(lane);
    }
  }

  static void setEnd(JobResult &result, int status) {
    if (WIFSIGNALED(status)) {
      result.end = JobResult::End::Crashed;
      result.how = signalText(WTERMSIG(status));
    } else if (WEXITSTATUS(status) != 0) {
      result.end = JobResult::End::Crashed;
      result.how = "exit status " + std::to_string(WEXITSTATUS(status));
    }
  }

  void deliver(Lane &lane) {
    const size_t job = *std::exchange(lane.job, std::nullopt);
    done_(job, std::exchange(lane.result, JobResult()));
  }

  /// A process whose pipes have ended.
  void reap(Lane lane) {
    int status = 0;
    rusage usage{};
    while (wait4(lane.process, &status, 0, &usage) < 0 && errno == EINTR)
      ;
    close(lane.commands);
    preparation_ += std::max(0.0, secondsOf(usage) - lane.jobSeconds);
    --waiting_[lane.group].lanes;
    if (!lane.job) return;
    if (lane.result.end == JobResult::End::Stopped) return deliver(lane);
    if (lane.prepared && !lane.ready) { // what was to be shared is of no use: each for itself
      waiting_[lane.group].prepared = false;
      return giveBack(lane.group, *lane.job);
    }
    setEnd(lane.result, status);
    if (lane.result.end == JobResult::End::Finished)
      lane.result = JobResult{JobResult::End::Crashed, "its process ended", std::move(lane.result.output),
                              std::move(lane.result.errors), 0};
    deliver(lane);
  }

  llvm::ArrayRef<double> costs_;
  const WorkersOptions &options_;
  llvm::function_ref<void(size_t, bool, JobProcess &)> body_;
  llvm::function_ref<void(size_t, JobResult)> done_;
  std::vector<Waiting> waiting_;
  std::vector<Lane> lanes_;
  double preparation_ = 0;
};

} // namespace

double runForked(llvm::ArrayRef<JobGroup> groups, llvm::ArrayRef<double> costs, const WorkersOptions &options,
                 llvm::function_ref<void(size_t, bool, JobProcess &)> body,
                 llvm::function_ref<void(size_t, JobResult)> done, llvm::function_ref<bool()> tick) {
  Pool pool(groups, costs, options, body, done);
  bool go = tick();
  if (!go) pool.stopAll();
  while (!pool.finished()) {
    pool.fill();
    pool.step(std::chrono::milliseconds(pool.idle() ? 0 : 100));
    if (go && !tick()) {
      go = false;
      pool.stopAll();
    }
  }
  return pool.preparation();
}

/// From /proc/meminfo, in bytes.
static std::optional<uint64_t> availableMemory() {
  auto info = llvm::MemoryBuffer::getFileAsStream("/proc/meminfo");
  if (!info) return std::nullopt;
  auto [before, after] = (*info)->getBuffer().split("MemAvailable:");
  uint64_t kilobytes = 0;
  if (after.ltrim().consumeInteger(10, kilobytes)) return std::nullopt;
  return kilobytes * 1024;
}

unsigned defaultJobs() {
  unsigned jobs = std::max(1u, std::thread::hardware_concurrency());
  if (std::optional<uint64_t> memory = availableMemory()) jobs = std::clamp<uint64_t>(*memory >> 30, 1, jobs);
  return jobs;
}

} // namespace coroguard::driver
