// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Many units, one outcome.
#include "checker/driver/CheckRun.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <numeric>

namespace coroguard::driver {

/// Largest files first: a long unit started last would keep one processor busy alone at the end.
static std::vector<size_t> largestFirst(llvm::ArrayRef<CompileCommand> units) {
  std::vector<uint64_t> sizes(units.size());
  for (size_t i = 0; i < units.size(); ++i)
    if (llvm::sys::fs::file_size(units[i].file, sizes[i]))
      sizes[i] = 0;
  std::vector<size_t> order(units.size());
  std::iota(order.begin(), order.end(), size_t{0});
  llvm::sort(order, [&](size_t a, size_t b) { return sizes[a] != sizes[b] ? sizes[a] > sizes[b] : a < b; });
  return order;
}

/// What went wrong with the process of a unit, if anything.
static std::vector<report::Problem> endProblems(const JobResult &job, const UnitResult &unit, std::chrono::milliseconds limit) {
  using report::Problem;
  llvm::StringRef lastWords = llvm::StringRef(job.errors).rtrim().rsplit('\n').second;
  if (lastWords.empty())
    lastWords = llvm::StringRef(job.errors).trim();
  switch (job.end) {
  case JobResult::End::Crashed:
    return {{Problem::Kind::Crash, "", {},
             "the analysis crashed (" + job.how + ") while at: " + (unit.phase.empty() ? "start" : unit.phase) +
                 (lastWords.empty() ? "" : ": " + lastWords.str()),
             "leave the rule out with --rules=-async-… and report the crash"}};
  case JobResult::End::TimedOut:
    return {{Problem::Kind::Timeout, "", {},
             "the analysis took longer than " + std::to_string(limit.count() / 1000) + " s, last at: " + unit.phase,
             "give it more time with --timeout SECONDS"}};
  case JobResult::End::Finished:
    if (!unit.complete)
      return {{Problem::Kind::Crash, "", {}, "the analysis ended without a result, last at: " + unit.phase, ""}};
    return {};
  case JobResult::End::Stopped:
    return {};
  }
  return {};
}

static void addUnit(const CompileCommand &unit, UnitResult result, llvm::StringRef root, CheckOutcome &outcome) {
  for (Finding &finding : result.findings)
    outcome.findings.push_back(std::move(finding));
  for (report::Problem &problem : result.problems) {
    problem.unit = report::rootRelative(unit.file, root);
    problem.place.file = report::rootRelative(problem.place.file, root);
    outcome.problems.push_back(std::move(problem));
  }
  for (const std::string &option : result.droppedOptions)
    ++outcome.droppedOptions[option];
  outcome.parseSeconds += result.parseSeconds;
  for (const auto &[rule, seconds] : result.ruleSeconds)
    outcome.ruleSeconds[rule] += seconds;
}

llvm::Expected<CheckOutcome> runCheck(llvm::ArrayRef<CompileCommand> units, Configuration &configuration,
                                      const CheckOptions &options, llvm::function_ref<bool(const CheckProgress &)> tick) {
  std::vector<std::shared_ptr<const FileConfiguration>> settings;
  llvm::StringSet<> rules;
  for (const CompileCommand &unit : units) {
    auto own = configuration.of(unit.file);
    if (!own)
      return own.takeError();
    for (llvm::StringRef rule : (*own)->rules.keys())
      rules.insert(rule);
    settings.push_back(std::move(*own));
  }

  CheckOutcome outcome;
  std::vector<UnitResult> results(units.size()); // joined in the order of the units, not of their ends
  CheckProgress progress{0, units.size(), {}};
  std::string lastUnit;
  runForked(
      largestFirst(units), options.workers,
      [&](size_t job, llvm::raw_ostream &out) { analyseUnit(units[job], *settings[job], options.analysis, out); },
      [&](size_t job, JobResult ended) {
        results[job] = readUnitResult(ended.output);
        llvm::append_range(results[job].problems, endProblems(ended, results[job], options.workers.limit));
        outcome.cpuSeconds += ended.cpuSeconds;
        if (ended.end != JobResult::End::Stopped)
          ++outcome.run.analysed;
        ++progress.done;
        lastUnit = report::rootRelative(units[job].file, options.root);
        progress.lastUnit = lastUnit;
      },
      [&] {
        bool go = tick(progress);
        outcome.run.interrupted |= !go;
        return go;
      });

  for (size_t i = 0; i < units.size(); ++i)
    addUnit(units[i], std::move(results[i]), options.root, outcome);
  outcome.run.root = options.root;
  outcome.run.profile = configuration.profile().str();
  outcome.run.units = units.size();
  for (const catalog::RuleInfo &rule : catalog::builtinRules())
    if (rules.contains(rule.id))
      outcome.run.rules.push_back(&rule);
  return outcome;
}

} // namespace coroguard::driver
