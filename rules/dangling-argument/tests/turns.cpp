// flags: -std=c++20 -Itest/support/mock
// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tasks that are put aside in a loop with locals of one turn, and awaited when the loop is over.
#include "seastar.hpp"

#include <string>
#include <vector>

using seastar::future;

struct Run {
  int bytes = 0;
};
class Table {
  int written_ = 0;
  future<> persist();
  future<> write(const Run &run) {
    co_await persist();
    written_ += run.bytes;
  }
  future<> copies(const Run &run) {
    written_ += run.bytes;
    co_await persist();
  }

public:
  future<> all_at_the_end() {
    std::vector<future<>> writes;
    for (int i = 0; i < 4; ++i) {
      Run run{i};
      writes.push_back(write(run)); // warn: "refers to 'run', which is destroyed before the task is done"
    }
    co_await seastar::when_all_succeed(writes.begin(), writes.end());
  }
  future<> each_at_once() {
    for (int i = 0; i < 4; ++i) {
      Run run{i};
      co_await write(run); // ok
    }
  }
  future<> runs_that_stay() {
    std::vector<Run> runs(4);
    std::vector<future<>> writes;
    for (auto &run : runs)
      writes.push_back(write(run)); // ok
    co_await seastar::when_all_succeed(writes.begin(), writes.end());
  }
  future<> taken_before() {
    std::vector<future<>> writes;
    for (int i = 0; i < 4; ++i) {
      Run run{i};
      writes.push_back(copies(run)); // ok: it has read it when the call returns
    }
    co_await seastar::when_all_succeed(writes.begin(), writes.end());
  }
  future<> one_turn_at_a_time() {
    for (int i = 0; i < 4; ++i) {
      std::vector<future<>> writes;
      Run run{i};
      writes.push_back(write(run)); // ok
      co_await seastar::when_all_succeed(writes.begin(), writes.end());
    }
  }
};
