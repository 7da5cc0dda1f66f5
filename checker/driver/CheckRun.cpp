// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Many units, one outcome.
#include "checker/driver/CheckRun.h"

#include "checker/driver/Prefilter.h"
#include "checker/driver/Preludes.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

#include <optional>
#include <set>
#include <sys/resource.h>

namespace coroguard::driver {

/// What a unit is likely to cost, before anything is known about it: it, and the headers that every unit has.
static double estimatedCost(const CompileCommand &unit) {
  uint64_t size = 0;
  if (llvm::sys::fs::file_size(unit.file, size))
    size = 0;
  return static_cast<double>(size) + 100'000;
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
  first.parts = std::move(second.parts);
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
  auto isAskedFor = [&](const Finding &finding) { return unit.whole || llvm::is_contained(unit.parts, realPath(finding.place.file)); };
  llvm::copy_if(std::move(result.findings), std::back_inserter(outcome.findings), isAskedFor);
  for (report::Problem &problem : result.problems) {
    problem.unit = report::rootRelative(unit.file, root);
    problem.place.file = report::rootRelative(problem.place.file, root);
    outcome.problems.push_back(std::move(problem));
  }
  outcome.parts.insert(result.parts.begin(), result.parts.end());
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

namespace {

/// Writes to a stream and to a string.
class CopyingStream : public llvm::raw_ostream {
public:
  CopyingStream(llvm::raw_ostream &out, std::string &copy) : out_(out), copy_(copy) { SetUnbuffered(); }
  ~CopyingStream() override { flush(); }

private:
  void write_impl(const char *text, size_t size) override {
    out_.write(text, size);
    out_.flush();
    copy_.append(text, size);
  }
  uint64_t current_pos() const override { return copy_.size(); }

  llvm::raw_ostream &out_;
  std::string &copy_;
};

double cpuSecondsOfThisProcess() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](const timeval &time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// One run while it lasts.
class Checking {
public:
  Checking(llvm::ArrayRef<CompileCommand> units, const CheckOptions &options, llvm::function_ref<bool(const CheckProgress &)> tick)
      : units_(units), options_(options), tick_(tick), results_(units.size()) {}

  llvm::Error configure(Configuration &configuration) {
    for (const CompileCommand &unit : units_) {
      auto own = configuration.of(unit.file);
      if (!own)
        return own.takeError();
      for (llvm::StringRef rule : (*own)->rules.keys())
        rules_.insert(rule);
      settings_.push_back(std::move(*own));
    }
    for (size_t i = 0; i < units_.size(); ++i)
      arguments_.push_back(argumentsFor(units_[i], *settings_[i], options_.analysis));
    return llvm::Error::success();
  }

  void analyse() {
    progress_.total = units_.size();
    std::vector<double> costs;
    for (const CompileCommand &unit : units_)
      costs.push_back(estimatedCost(unit));
    recall(costs);
    std::vector<PreludeGroup> groups = plan();
    progress_.skipped = progress_.done;
    while (!groups.empty() && !outcome_.run.interrupted) {
      std::vector<JobGroup> jobs;
      for (const PreludeGroup &group : groups)
        jobs.push_back({group.units, !group.includes.empty()});
      PreludeGroup again; // units in which a rule crashed: the other rules get their turn without it
      const double shared = runForked(
          jobs, costs, options_.workers, [&](size_t group, bool prepared, JobProcess &process) { work(groups[group], prepared, process); },
          [&](size_t unit, JobResult ended) { take(unit, std::move(ended), again.units); }, [&] { return goOn(); });
      outcome_.cpuSeconds += shared;
      outcome_.parseSeconds += shared; // a beginning does nothing else
      groups.clear();
      if (!again.units.empty())
        groups.push_back(std::move(again));
    }
  }

  CheckOutcome outcome(const Configuration &configuration) {
    for (size_t i = 0; i < units_.size(); ++i) { // in the order of the units, not of their ends
      addSuppressions(std::move(results_[i].suppressions), *settings_[i], outcome_.suppressions);
      addUnit(units_[i], std::move(results_[i]), options_.root, outcome_);
    }
    keepEachOnce(outcome_.leftOut);
    outcome_.run.root = options_.root;
    outcome_.run.profile = configuration.profile().str();
    outcome_.run.units = units_.size();
    for (const catalog::RuleInfo &rule : catalog::builtinRules())
      if (rules_.contains(rule.id))
        outcome_.run.rules.push_back(&rule);
    return std::move(outcome_);
  }

private:
  /// False once somebody has interrupted the run.
  bool goOn() {
    outcome_.run.interrupted |= !tick_(progress_);
    return !outcome_.run.interrupted;
  }

  /// What is settled before the first parse tells nothing about how long the rest takes.
  bool goOnPlanning() {
    progress_.skipped = progress_.done;
    return goOn();
  }

  /// Decides what has to be parsed, and what together.
  std::vector<PreludeGroup> plan() {
    std::vector<size_t> chosen;
    for (size_t i = 0; i < units_.size(); ++i)
      if (!results_[i].complete)
        chosen.push_back(i);
    if (!options_.analysis.shortcuts || options_.analysis.dump)
      return {PreludeGroup{{}, std::move(chosen)}};
    SearchPaths searchPaths;
    SearchPath unknown;
    unknown.opaque = true;
    SourceFiles files;
    Prefilter prefilter(files);
    std::vector<UnitSource> sources;
    for (size_t i = 0; i < units_.size(); ++i)
      sources.push_back({units_[i].file, arguments_[i].arguments, nullptr, settings_[i].get()});
    llvm::erase_if(chosen, [&](size_t unit) {
      if (!goOnPlanning())
        return false;
      const UnitArguments &arguments = arguments_[unit];
      sources[unit].search = arguments.unread.empty() ? &searchPaths.of(units_[unit].directory, arguments.arguments) : &unknown;
      if (options_.compileAll || units_[unit].named || prefilter.mayMatter(sources[unit]))
        return false;
      results_[unit].complete = true;
      results_[unit].parts = units_[unit].parts;
      results_[unit].droppedOptions = arguments_[unit].dropped;
      ++outcome_.skipped;
      outcome_.unitSeconds[report::rootRelative(units_[unit].file, options_.root)] = 0;
      settle();
      return true;
    });
    if (outcome_.run.interrupted)
      return {};
    std::vector<PreludeGroup> groups = groupByPrelude(sources, chosen, files);
    for (const PreludeGroup &group : groups) {
      if (!group.includes.empty())
        outcome_.shared += group.units.size();
      if (group.reordered)
        reordered_.insert(group.units.begin(), group.units.end());
    }
    return groups;
  }

  UnitTask taskOf(size_t unit) const { return {&units_[unit], &arguments_[unit], settings_[unit].get()}; }

  void settle() {
    ++outcome_.run.analysed;
    ++progress_.done;
  }

  /// Takes results from the cache, and what other units cost when they were last analysed.
  void recall(std::vector<double> &costs) {
    if (!options_.cache)
      return;
    PresentFiles files;
    std::map<const FileConfiguration *, std::string> settings;
    double known = 0, estimated = 0; // to bring estimates to the same scale
    std::vector<std::pair<size_t, double>> recorded;
    for (size_t i = 0; i < units_.size() && goOnPlanning(); ++i) {
      std::string &own = settings[settings_[i].get()];
      if (own.empty())
        own = ResultCache::settingsOf(*settings_[i]);
      keys_.push_back(ResultCache::keyOf(taskOf(i), own, options_.analysis));
      const ResultCache::Entry entry = options_.cache->find(keys_.back(), files);
      if (entry.seconds > 0) {
        outcome_.unitSeconds[report::rootRelative(units_[i].file, options_.root)] = entry.seconds;
        recorded.emplace_back(i, entry.seconds);
        known += entry.seconds;
        estimated += costs[i];
      }
      if (!entry.valid)
        continue;
      results_[i] = readUnitResult(entry.lines);
      if (results_[i].complete) {
        ++outcome_.remembered;
        settle();
      }
    }
    for (auto [unit, seconds] : recorded)
      costs[unit] = seconds * estimated / known;
  }

  /// In a process of the group.
  void work(const PreludeGroup &group, bool prepared, JobProcess &process) {
    size_t unit = group.units.front();
    UnitTask task = taskOf(unit);
    FileTrace trace;
    FileTrace *traced = options_.keepResults ? &trace : nullptr;
    std::string lines;
    std::optional<CopyingStream> out;
    auto next = [&] {
      unit = process.next();
      task = taskOf(unit);
      out.emplace(process.out(), lines);
      return StartedUnit{&task, &*out, prepared && group.reordered};
    };
    if (prepared) {
      analyseAfterPrelude(UnitTask(task), group.includes, options_.analysis, traced, next);
    } else {
      const StartedUnit started = next();
      AnalysisOptions analysis = options_.analysis;
      analysis.shortcuts &= !plain_.contains(unit);
      analyseUnit(*started.unit, analysis, traced, *started.out);
    }
    if (!out || !traced || keys_[unit].empty())
      return;
    out->flush();
    // What went wrong may go well the next time.
    const llvm::StringRef all(lines);
    if (!all.contains("{\"problem\":") && !all.contains("{\"again\":") && all.contains("{\"end\":"))
      options_.cache->keep(keys_[unit], trace, lines, cpuSecondsOfThisProcess());
  }

  void take(size_t unit, JobResult ended, std::vector<size_t> &again) {
    UnitResult result = readUnitResult(ended.output);
    llvm::append_range(result.problems, endProblems(ended, result, options_.workers.limit));
    outcome_.cpuSeconds += ended.cpuSeconds;
    // With its includes in their own order it may be well.
    const bool disordered = reordered_.erase(unit) && !result.problems.empty();
    const bool doubtful = result.again ? plain_.insert(unit).second : disordered;
    if (doubtful && ended.end != JobResult::End::Stopped) {
      outcome_.parseSeconds += result.complete ? result.parseSeconds : ended.cpuSeconds;
      again.push_back(unit);
      return;
    }
    if (auto without = withoutCrashed(*settings_[unit], ended, result)) {
      settings_[unit] = std::move(without);
      again.push_back(unit);
      if (!keys_.empty())
        keys_[unit].clear(); // a result without that rule must not be kept
    } else {
      settle();
      outcome_.run.analysed -= ended.end == JobResult::End::Stopped;
    }
    mergeInto(results_[unit], std::move(result));
    if (ended.end == JobResult::End::Finished)
      outcome_.unitSeconds[report::rootRelative(units_[unit].file, options_.root)] = ended.cpuSeconds;
    lastUnit_ = report::rootRelative(units_[unit].file, options_.root);
    progress_.lastUnit = lastUnit_;
  }

  llvm::ArrayRef<CompileCommand> units_;
  const CheckOptions &options_;
  llvm::function_ref<bool(const CheckProgress &)> tick_;
  std::vector<std::shared_ptr<const FileConfiguration>> settings_;
  std::vector<UnitArguments> arguments_;
  llvm::StringSet<> rules_;
  std::vector<std::string> keys_; ///< in the cache; empty without one
  std::vector<UnitResult> results_;
  std::set<size_t> reordered_; ///< units that are parsed after headers which they include later
  std::set<size_t> plain_;     ///< units that must be analysed without shortcuts
  CheckProgress progress_;
  std::string lastUnit_;
  CheckOutcome outcome_;
};

} // namespace

llvm::Expected<CheckOutcome> runCheck(llvm::ArrayRef<CompileCommand> units, Configuration &configuration,
                                      const CheckOptions &options, llvm::function_ref<bool(const CheckProgress &)> tick) {
  Checking checking(units, options, tick);
  if (llvm::Error error = checking.configure(configuration))
    return std::move(error);
  checking.analyse();
  return checking.outcome(configuration);
}

} // namespace coroguard::driver
