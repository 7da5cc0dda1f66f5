// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A loop of the user's own gives back a handle of the work it has started; the handle outlives what the work refers to.
#include "acme.hpp"

#include <memory>
#include <vector>

using acme::Deferred;

class Job {
public:
  Job() = default;
  Job(Job &&) noexcept = default;
  Job &operator=(Job &&) noexcept = default;
  ~Job();
  void cancel() noexcept;
  Deferred<> join();

private:
  std::shared_ptr<void> state_;
};
class Scheduler {
public:
  Job start(Deferred<> work);
};
Deferred<> tick();

class Watcher {
  Scheduler &scheduler_;
  Job job_;
  std::vector<Job> jobs_;
  Deferred<> count(int &seen) {
    while (seen < 100) {
      co_await tick();
      ++seen;
    }
  }

public:
  void watch() {
    int seen = 0;
    job_ = scheduler_.start(count(seen)); // warn: "refers to 'seen', which is destroyed before the task is done"
  }
  void watch_more() {
    int seen = 0;
    jobs_.push_back(scheduler_.start(count(seen))); // warn: "refers to 'seen', which is destroyed before the task is done"
  }
  Deferred<int> watch_here() {
    int seen = 0;
    auto job = scheduler_.start(count(seen)); // ok: joined, and gone first
    co_await job.join();
    co_return seen;
  }
  Deferred<int> watch_all_here() {
    int seen = 0;
    std::vector<Job> jobs;
    jobs.push_back(scheduler_.start(count(seen))); // ok
    for (Job &job : jobs)
      co_await job.join();
    co_return seen;
  }
};
