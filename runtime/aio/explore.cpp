// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Trying many schedules, and making a failing one shorter.
#include "coroguard/explore.hpp"
#include "coroguard/detail/schedule.hpp"

#include <cstdio>

namespace coroguard {
namespace detail {

void run_scheduled(schedule &s, const std::function<task<>()> &start, const explore_options &options) {
  if (this_thread.loop)
    throw nested_run_error("coroguard: explore() cannot run inside " + this_thread.loop->name());
  s.max_steps = options.max_steps;
  loop_options o;
  o.name = "explored";
  o.clock = virtual_clock;
  o.debug = options.debug;
  event_loop loop(o);
  loop.set_schedule(&s);
  auto main = loop.create_task(start(), "main");
  struct ending {
    event_loop &loop;
    ~ending() {
      loop.set_schedule(nullptr); // tidy up in plain order
      try {
        loop.cancel_all_tasks();
        loop.shutdown_default_executor();
      } catch (...) {
      }
    }
  };
  {
    ending e{loop};
    loop.run_main(&main.core());
  }
  if (s.inject_cancellation && main.cancelled())
    return;
  main.core().rethrow_if_failed();
}

namespace {
std::exception_ptr attempt(schedule &s, const std::function<task<>()> &start, const explore_options &options) {
  try {
    run_scheduled(s, start, options);
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

std::vector<std::uint32_t> trimmed(std::vector<std::uint32_t> choices) {
  while (!choices.empty() && choices.back() == 0)
    choices.pop_back();
  return choices;
}

/// Replaces choices by 0, in halving runs, as long as it still fails.
std::vector<std::uint32_t> shrink(std::vector<std::uint32_t> choices, const std::function<task<>()> &start, const explore_options &options) {
  choices = trimmed(std::move(choices));
  int budget = 2000;
  auto fails = [&](const std::vector<std::uint32_t> &candidate) {
    schedule s(candidate);
    return --budget >= 0 && attempt(s, start, options) != nullptr;
  };
  for (std::size_t width = choices.size(); width > 0 && budget > 0; width /= 2) {
    for (std::size_t at = 0; at < choices.size() && budget > 0; at += width) {
      auto candidate = choices;
      bool changes = false;
      for (std::size_t i = at; i < std::min(at + width, candidate.size()); ++i) {
        changes |= candidate[i] != 0;
        candidate[i] = 0;
      }
      if (changes && fails(trimmed(candidate)))
        choices = candidate;
    }
    choices = trimmed(std::move(choices));
  }
  for (std::size_t i = 0; i < choices.size() && budget > 0; ++i) // smaller choices read better
    while (choices[i] > 1) {
      auto candidate = choices;
      candidate[i] = choices[i] / 2;
      if (!fails(candidate))
        break;
      choices = candidate;
    }
  return choices;
}
} // namespace

exploration explore_all(const std::function<task<>()> &start, const explore_options &options) {
  exploration result;
  std::uint64_t last_steps = 64;
  for (std::uint64_t i = 0; i < options.seeds; ++i) {
    std::uint64_t seed = options.first_seed + i;
    schedule s(seed);
    if (options.cancellation) {
      s.inject_cancellation = true;
      s.cancel_at_step = 1 + (seed * 0x9e3779b97f4a7c15ull >> 20) % last_steps;
    }
    ++result.runs;
    result.error = attempt(s, start, options);
    result.injected += s.injected;
    last_steps = std::max<std::uint64_t>(2, s.steps);
    if (!result.error)
      continue;
    result.failed = true;
    result.seed = seed;
    result.schedule = trimmed(s.taken());
    if (options.shrink && !options.cancellation)
      result.schedule = shrink(s.taken(), start, options);
    if (options.print)
      std::fputs((result.text() + "\n").c_str(), stderr);
    break;
  }
  return result;
}

} // namespace detail

std::string exploration::text() const {
  if (!failed)
    return "coroguard: " + std::to_string(runs) + " schedules passed";
  std::string out = "coroguard: schedule of seed " + std::to_string(seed) + " fails (run " + std::to_string(runs) + "): " + describe(error) +
                    "\n    shortest failing choices:";
  for (auto c : schedule)
    out += " " + std::to_string(c);
  if (schedule.empty())
    out += " none (it fails in plain order, too)";
  return out + "\n    replay with coroguard::replay(main, " + std::to_string(seed) + ")";
}

void replay(const std::function<task<>()> &main, const std::vector<std::uint32_t> &choices, const explore_options &options) {
  detail::schedule s(choices);
  detail::run_scheduled(s, main, options);
}

} // namespace coroguard
