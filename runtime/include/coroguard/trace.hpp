// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Spans of time as a Chrome trace (chrome://tracing, Perfetto), one track per task.
//
//   coroguard::start_trace("trace.json");
//   { coroguard::trace_span span("parse"); co_await parse(); }
//   coroguard::stop_trace();                        // writes the file
#pragma once

#include <cstdint>
#include <string>

namespace coroguard {

/// Begins to collect spans of the whole process. Errors: invalid_state_error if a trace is being taken.
void start_trace(std::string path);
/// Writes what was collected as Chrome-trace JSON and stops; gives the number of spans. Without a trace: 0. Errors:
/// std::system_error if the file cannot be written.
std::size_t stop_trace();
bool tracing() noexcept;

/// From construction to destruction, on the running task's track (or the thread's). Times are the loop's (virtual ones too).
/// Costs one test when no trace is taken.
class trace_span {
public:
  explicit trace_span(std::string name);
  ~trace_span() { end(); }
  trace_span(const trace_span &) = delete;
  trace_span &operator=(const trace_span &) = delete;
  void end() noexcept;

private:
  std::string name_;
  std::int64_t begun_ = -1;
  std::uint64_t track_ = 0;
};

} // namespace coroguard
