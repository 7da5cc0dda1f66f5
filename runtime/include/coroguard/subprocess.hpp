// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// subprocess: start programs, talk to them through pipes, await their end.
//
//   auto r = co_await coroguard::run_process(coroguard::command("sort", "-u"), "b\na\nb\n");
//   std::cout << r.output;                                   // "a\nb\n"
//   auto p = coroguard::subprocess::start(coroguard::command("server"), {.output = coroguard::redirect::pipe});
//   std::string hello = co_await p.output().read_line();
//   p.terminate(); co_await p.wait();
#pragma once

#include "coroguard/stream.hpp"

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace coroguard {

/// The words of a command line. (GCC 12 cannot compile a braced list of strings in a co_await expression.)
template <class... Words> std::vector<std::string> command(Words &&...words) {
  std::vector<std::string> all;
  (all.emplace_back(std::forward<Words>(words)), ...);
  return all;
}

enum class redirect : std::uint8_t { inherit, pipe, null, to_output };

struct process_options {
  redirect input = redirect::inherit;
  redirect output = redirect::inherit;
  redirect error = redirect::inherit; ///< to_output: the same as output
  std::string directory = {};         ///< of the child; empty: ours
  std::vector<std::string> environment = {}; ///< "NAME=value", all of it; empty: ours
};

/// How a process ended.
struct exit_status {
  int code = 0;   ///< exit code, if signal is 0
  int signal = 0; ///< that killed it, or 0
  bool success() const noexcept { return code == 0 && signal == 0; }
};

struct process_result {
  exit_status status;
  std::string output, error;
};

/// A child process. Movable; once moved from, its operations throw invalid_state_error. If it still runs when this is destroyed,
/// it is left running and reaped in the background.
class subprocess {
public:
  /// `arguments[0]` is the program, looked up in PATH. Errors: std::system_error (ENOENT, EMFILE, …; then nothing runs),
  /// std::invalid_argument if empty.
  static subprocess start(std::vector<std::string> arguments, process_options options = {});
  subprocess(subprocess &&) noexcept;
  subprocess &operator=(subprocess &&) noexcept;
  ~subprocess();
  pid_t pid() const noexcept;
  stream &input();  ///< errors: invalid_state_error unless redirect::pipe
  stream &output();
  stream &error();
  /// Awaits the end; may be called again.
  task<exit_status> wait();
  /// The status, if it has ended.
  std::optional<exit_status> status();
  /// No effect once it has ended.
  void send_signal(int number);
  void terminate();
  void kill();
  /// Writes `data` to its input and closes that, reads output and error to their ends, waits.
  task<process_result> communicate(std::string data = {});

private:
  struct state;
  explicit subprocess(std::unique_ptr<state> s) noexcept;
  state &owned() const;
  std::unique_ptr<state> state_;
};

/// Starts, feeds, collects, waits. Cancelling it kills the process.
task<process_result> run_process(std::vector<std::string> arguments, std::string input, process_options options);
/// With default options. (No default argument: GCC 12 would destroy it twice in a co_await expression.)
inline task<process_result> run_process(std::vector<std::string> arguments, std::string input = {}) {
  return run_process(std::move(arguments), std::move(input), process_options());
}

} // namespace coroguard
