// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// run(main): the entry point. Makes a loop, runs `main` on it, then tidies up: cancels what is left and waits for it, ends
// the default executor, closes the loop.
//
//   coroguard::task<int> program() { co_await coroguard::sleep(10ms); co_return 0; }
//   int main() { return coroguard::run(program()); }
#pragma once

#include "coroguard/sleep.hpp"
#include "coroguard/task_handle.hpp"

namespace coroguard {

/// Fields as in loop_options.
struct run_options {
  std::optional<bool> debug = {};
  clock_kind clock = real_clock;
  std::optional<std::uint64_t> seed = {};
  std::string name = {};
  on_deadlock deadlock = on_deadlock::automatic;
  std::chrono::milliseconds slow_callback{100};
  std::size_t large_frame = 16384;
  /// SIGINT (Ctrl-C) cancels `main`; if it then ends cancelled, run throws interrupted_error. Main thread only.
  bool handle_interrupt = false;
};

/// Ctrl-C ended the program (see run_options::handle_interrupt).
class interrupted_error : public std::runtime_error {
public:
  interrupted_error() : std::runtime_error("interrupted") {}
};

namespace detail {
/// The life of one run(): checks for nesting, owns the loop, tidies up.
class runner {
public:
  explicit runner(const run_options &options);
  ~runner();
  runner(const runner &) = delete;
  runner &operator=(const runner &) = delete;
  event_loop &loop() noexcept { return loop_; }
  void drive(future_core *main);
  void finish();

private:
  static loop_options translate(const run_options &options);
  event_loop loop_;
  bool handle_interrupt_, interrupted_ = false, finished_ = false;
};
} // namespace detail

/// Runs `main` to its end and returns its result or throws its exception. One per thread at a time.
/// Errors: nested_run_error inside a running loop (use `co_await`); deadlock_error when nothing can wake what is left
/// (virtual clock); invalid_state_error if `main` is empty.
template <class T> T run(task<T> main, const run_options &options = {}) {
  detail::runner runner(options);
  auto handle = runner.loop().create_task(std::move(main), "main");
  runner.drive(&handle.core());
  runner.finish();
  handle.core().rethrow_if_failed();
  if constexpr (!std::is_void_v<T>)
    return detail::slot_of<T>(&handle.core()).take();
}
/// The same for a function that makes the task; it is called before the loop runs.
template <class F>
  requires std::invocable<F &> && detail::is_task<std::invoke_result_t<F &>>
decltype(auto) run(F main, const run_options &options = {}) {
  return run(main(), options);
}

} // namespace coroguard
