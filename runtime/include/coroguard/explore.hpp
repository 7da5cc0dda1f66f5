// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// explore: run a program under many orders of its ready tasks and timer ties, on virtual time; find the order that breaks it,
// print its seed, shrink it to the shortest schedule that fails, replay it.
//
//   auto found = coroguard::explore(transfer_money, {.seeds = 1000});
//   if (!found) { std::puts(found.text().c_str()); coroguard::replay(transfer_money, found.seed); }
#pragma once

#include "coroguard/run.hpp"

namespace coroguard {

struct explore_options {
  std::uint64_t seeds = 1000;      ///< how many to try
  std::uint64_t first_seed = 1;
  bool cancellation = false;       ///< also cancel a random task at a random step; a run that ends cancelled is no failure
  bool shrink = true;
  std::uint64_t max_steps = 10'000'000; ///< a run with more steps counts as a hang
  bool print = true;               ///< print the failing seed to standard error
  bool debug = false;
};

/// What explore() found. Tests true if every order passed.
struct exploration {
  std::uint64_t runs = 0;          ///< orders tried (without shrinking)
  std::uint64_t injected = 0;      ///< cancellations injected
  bool failed = false;
  std::uint64_t seed = 0;          ///< the failing one
  std::exception_ptr error;        ///< what the failing run threw
  std::vector<std::uint32_t> schedule; ///< shortest failing list of choices; 0 is first come first served
  explicit operator bool() const noexcept { return !failed; }
  /// One or more lines: seed, error, schedule.
  std::string text() const;
};

namespace detail {
/// Runs `start` (which creates the main task) on a virtual-time loop under `s`; throws what it throws.
void run_scheduled(schedule &s, const std::function<task<>()> &start, const explore_options &options);
exploration explore_all(const std::function<task<>()> &start, const explore_options &options);
template <class F> std::function<task<>()> as_plain_task(F main) {
  using T = std::invoke_result_t<F &>;
  if constexpr (std::same_as<T, task<>>)
    return main;
  else
    return [main]() mutable -> task<> { (void)co_await main(); };
}
} // namespace detail

/// Calls `main` (a function that makes a task) once per seed, each on a new loop. A run fails if it throws (gtest users:
/// throw, or check a flag, inside), hangs, or deadlocks.
template <class F>
  requires detail::is_task<std::invoke_result_t<F &>>
exploration explore(F main, const explore_options &options = {}) {
  return detail::explore_all(detail::as_plain_task(std::move(main)), options);
}

/// Runs `main` once in the order of `seed`; throws what it throws.
template <class F>
  requires detail::is_task<std::invoke_result_t<F &>>
void replay(F main, std::uint64_t seed, explore_options options = {}) {
  options.first_seed = seed;
  options.seeds = 1;
  options.print = options.shrink = false;
  auto r = detail::explore_all(detail::as_plain_task(std::move(main)), options);
  if (r.error)
    std::rethrow_exception(r.error);
}
/// Runs `main` once with the given choices (exploration::schedule); throws what it throws.
void replay(const std::function<task<>()> &main, const std::vector<std::uint32_t> &schedule, const explore_options &options = {});

} // namespace coroguard
