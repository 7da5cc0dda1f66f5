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
             unit.phase.starts_with("rule ") ? "the other rules ran; leave this one out with --rules=-" + unit.phase.substr(5)
                                             : "compile it with clang++-22 to see whether Clang itself crashes"}};
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

/// The settings of a unit without the rule whose crash ended its analysis; null if it was not a rule.
static std::shared_ptr<const FileConfiguration> withoutCrashed(const FileConfiguration &settings, const JobResult &job,
                                                              const UnitResult &unit) {
  llvm::StringRef rule = unit.phase;
  if (job.end != JobResult::End::Crashed || !rule.consume_front("rule ") || !settings.rules.contains(rule))
    return nullptr;
  auto rest = std::make_shared<FileConfiguration>(settings);
  rest->rules.erase(rule);
  return rest;
}

/// Adds a second analysis of a unit to what the first one, which crashed, had found.
static void mergeInto(UnitResult &first, UnitResult second) {
  llvm::append_range(first.findings, std::move(second.findings));
  auto isKnown = [&](const report::Problem &problem) {
    return llvm::any_of(first.problems, [&](const report::Problem &known) {
      return known.message == problem.message && known.place.line == problem.place.line;
    });
  };
  for (report::Problem &problem : second.problems)
    if (!isKnown(problem))
      first.problems.push_back(std::move(problem));
  first.droppedOptions = std::move(second.droppedOptions);
  for (auto &[name, seen] : second.suppressions.files) {
    first.suppressions.files[name].comments.merge(seen.comments);
    first.suppressions.files[name].suppressed.merge(seen.suppressed);
  }
  first.leftOut = std::move(second.leftOut);
  first.dump = std::move(second.dump);
  first.parseSeconds += second.parseSeconds;
  first.layoutSeconds += second.layoutSeconds;
  llvm::append_range(first.ruleSeconds, second.ruleSeconds);
}

static void addSuppressions(report::SuppressionUse use, const FileConfiguration &settings, report::SuppressionUse &all) {
  for (auto &[name, seen] : use.files) {
    report::SuppressionUse::File &file = all.files[name];
    file.comments.merge(seen.comments);
    file.suppressed.merge(seen.suppressed);
    for (const catalog::RuleInfo &rule : catalog::builtinRules())
      if (settings.rules.contains(rule.id))
        file.rules.insert(rule.id);
  }
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
  for (LeftOut &leftOut : result.leftOut) {
    leftOut.place.file = report::rootRelative(leftOut.place.file, root);
    outcome.leftOut.push_back(std::move(leftOut));
  }
  outcome.dump += result.dump;
  outcome.parseSeconds += result.parseSeconds;
  outcome.layoutSeconds += result.layoutSeconds;
  for (const auto &[rule, seconds] : result.ruleSeconds)
    outcome.ruleSeconds[rule] += seconds;
}

/// A header's function is in many units, a template's in many instantiations.
static void keepEachOnce(std::vector<LeftOut> &all) {
  auto key = [](const LeftOut &each) { return std::tie(each.place.file, each.place.line, each.place.column, each.function, each.why); };
  llvm::sort(all, [&](const LeftOut &a, const LeftOut &b) { return key(a) < key(b); });
  all.erase(llvm::unique(all, [&](const LeftOut &a, const LeftOut &b) { return key(a) == key(b); }), all.end());
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
  std::vector<size_t> order = largestFirst(units);
  while (!order.empty() && !outcome.run.interrupted) {
    std::vector<size_t> again; // units in which a rule crashed: the other rules get their turn without it
    runForked(
        order, options.workers,
        [&](size_t job, llvm::raw_ostream &out) { analyseUnit(units[job], *settings[job], options.analysis, out); },
        [&](size_t job, JobResult ended) {
          UnitResult result = readUnitResult(ended.output);
          llvm::append_range(result.problems, endProblems(ended, result, options.workers.limit));
          outcome.cpuSeconds += ended.cpuSeconds;
          if (auto without = withoutCrashed(*settings[job], ended, result)) {
            settings[job] = std::move(without);
            again.push_back(job);
          } else {
            outcome.run.analysed += ended.end != JobResult::End::Stopped;
            ++progress.done;
          }
          mergeInto(results[job], std::move(result));
          lastUnit = report::rootRelative(units[job].file, options.root);
          progress.lastUnit = lastUnit;
        },
        [&] {
          bool go = tick(progress);
          outcome.run.interrupted |= !go;
          return go;
        });
    order = std::move(again);
  }

  for (size_t i = 0; i < units.size(); ++i) {
    addSuppressions(std::move(results[i].suppressions), *settings[i], outcome.suppressions);
    addUnit(units[i], std::move(results[i]), options.root, outcome);
  }
  keepEachOnce(outcome.leftOut);
  outcome.run.root = options.root;
  outcome.run.profile = configuration.profile().str();
  outcome.run.units = units.size();
  for (const catalog::RuleInfo &rule : catalog::builtinRules())
    if (rules.contains(rule.id))
      outcome.run.rules.push_back(&rule);
  return outcome;
}

} // namespace coroguard::driver
