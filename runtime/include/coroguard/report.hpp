// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the runtime says when something is wrong: one plain record, and where it goes. Shared by the coroutine runtime
// and the guard; carries the same rule ids as the checker.
//
//   coroguard::report_capture found;              // tests: collect instead of printing
//   coroguard::run(main, {.debug = true});
//   assert(found.count("async-unawaited-task") == 1);
#pragma once

#include <cstdint>
#include <functional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

namespace coroguard {

enum class report_severity : std::uint8_t { note, warning, error };

/// One step of a logical (awaited-by) stack: the coroutine, and the line of the `co_await` it is suspended at.
struct stack_entry {
  std::string function;
  std::string file;
  unsigned line = 0;
};

/// One observation. Copyable plain data; owns all its text.
struct report {
  std::string rule;    ///< "async-unawaited-task", the id of the checker's twin rule
  std::string kind;    ///< call | stall | task | loop | deadlock | resource
  report_severity severity = report_severity::warning;
  std::string message; ///< lower case, no full stop, names the entity
  std::string help;    ///< the cure, imperative; may be empty
  std::string function, file;
  unsigned line = 0;
  std::string thread, loop; ///< names; empty if unknown
  std::int64_t duration_ns = 0;
  std::string verdict;             ///< blocked | cpu-bound | preempted, or empty
  std::vector<const void *> stack; ///< raw return addresses, innermost first
  std::vector<stack_entry> async_stack;
  std::uint64_t count = 1;
};

using report_handler = std::function<void(const report &)>;

/// Replaces the process-wide receiver of reports and returns the previous one. An empty handler restores the default:
/// text on standard error, or JSON lines appended to the file named by the environment variable `COROGUARD_REPORT`.
/// Thread-safe; the handler may be called from any thread, one call at a time.
report_handler set_report_handler(report_handler handler);

/// Hands `r` to the current handler. Never throws; an exception of the handler is printed and dropped.
void emit_report(const report &r) noexcept;

/// The report as one or more text lines (with a final newline).
std::string to_text(const report &r);
/// The report as one JSON line (without a newline).
std::string to_json(const report &r);

/// Collects reports while it lives, for tests. Nests; restores the previous handler. Not copyable.
class report_capture {
public:
  report_capture();
  ~report_capture();
  report_capture(const report_capture &) = delete;
  report_capture &operator=(const report_capture &) = delete;
  /// Everything seen so far (a copy; safe while other threads report).
  std::vector<report> reports() const;
  /// How many reports of `rule` were seen.
  std::size_t count(std::string_view rule) const;
  std::size_t size() const;
  /// All texts, for messages of failing tests.
  std::string text() const;

private:
  struct state;
  state *state_;
  report_handler previous_;
};

} // namespace coroguard
