// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Units, settings, progress, problems of a run.
#include "checker/cli/Run.h"

#include "checker/cli/ChangedLines.h"
#include "checker/cli/Commands.h"
#include "checker/cli/Progress.h"
#include "checker/cli/Settings.h"
#include "checker/cli/Terminal.h"
#include "checker/cli/Units.h"
#include "checker/driver/CheckRun.h"
#include "checker/driver/UnitArguments.h"
#include "checker/report/Excerpt.h"
#include "checker/report/Summary.h"
#include "checker/report/Suppressions.h"

#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <atomic>
#include <csignal>
#include <map>
#include <set>
#include <unistd.h>

namespace coroguard::cli {
namespace {

std::atomic<bool> interrupted = false; // lock-free, so a signal handler may write it

/// The first Ctrl-C ends the run in order; a second one ends the process.
void heedInterrupts() {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = true; };
  action.sa_flags = SA_RESETHAND;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void sayProblems(const report::Report &report, report::SourceText &sources, const std::string &color) {
  report::Style style = styleFor(color, STDERR_FILENO);
  report::Palette paint(style);
  for (const report::Problem &problem : report.problems) {
    bool placed = problem.place.line != 0;
    if (placed)
      llvm::errs() << paint.bold << problem.place.file << ':' << problem.place.line << ':' << problem.place.column << ": "
                   << paint.off;
    else
      llvm::errs() << paint.bold << (problem.unit.empty() ? std::string("coroguard") : problem.unit) << ": " << paint.off;
    llvm::errs() << paint.red << "error: " << paint.off << problem.message << '\n';
    if (placed)
      report::writeExcerpt(problem.place, 5, paint.red, sources, style, llvm::errs());
    if (!problem.hint.empty())
      llvm::errs() << "  " << problem.hint << '\n';
  }
  std::string last;
  for (const report::Problem &problem : report.problems)
    if (problem.kind == report::Problem::Kind::Compile && !problem.unit.empty() && std::exchange(last, problem.unit) != problem.unit)
      sayError(problem.unit + " does not compile; its findings may be incomplete", color);
}

void sayDropped(const std::map<std::string, unsigned> &dropped) {
  if (dropped.empty())
    return;
  std::string text = "left out what Clang does not know:";
  for (const auto &[option, units] : dropped)
    text += " " + option;
  sayNote(text);
}

/// Of the paths without a command, those of which no unit compiled anything: each `#include` is compiled out.
void addUnseen(llvm::ArrayRef<std::string> paths, llvm::ArrayRef<driver::CompileCommand> units, driver::CheckOutcome &outcome) {
  for (const std::string &path : paths) {
    const std::string real = driver::realPath(path);
    auto isOf = [&](llvm::StringRef file) { return file == real || driver::isBelow(file, real); };
    auto standsForIt = [&](const driver::CompileCommand &unit) { return llvm::any_of(unit.parts, isOf); };
    if (!outcome.run.interrupted && llvm::any_of(units, standsForIt) && llvm::none_of(outcome.parts, isOf))
      outcome.problems.push_back({report::Problem::Kind::Configuration, "", {},
                                  "'" + path + "' is compiled in no unit: whatever includes it is compiled out",
                                  "give its flags: coroguard check " + path + " -- -std=c++20"});
  }
}

/// Which units stand for files that are none.
void sayStandIns(llvm::ArrayRef<driver::CompileCommand> units) {
  constexpr size_t shown = 3;
  const std::string here = driver::realPath(".");
  std::map<std::string, std::vector<const driver::CompileCommand *>> includers;
  for (const driver::CompileCommand &unit : units)
    for (const std::string &file : unit.parts)
      includers[file].push_back(&unit);
  std::vector<std::string> notes;
  for (const auto &[file, in] : includers)
    notes.push_back("'" + report::rootRelative(file, here) + "' has no command of its own; it is checked as part of " +
                    (in.size() > 1 ? std::to_string(in.size()) + " units that include it"
                                   : "'" + report::rootRelative(driver::realPath(in.front()->file), here) + "'"));
  for (const std::string &note : llvm::ArrayRef(notes).take_front(shown))
    sayNote(note);
  if (notes.size() > shown)
    sayNote("and so " + std::string(notes.size() == shown + 1 ? "is " : "are ") + report::counted(notes.size() - shown, "more file"));
}

report::Looked lookedAt(const CheckArguments &arguments, llvm::ArrayRef<driver::CompileCommand> units, const report::Run &run) {
  report::Looked looked;
  looked.everywhere = arguments.paths.empty() && arguments.diff.empty() && arguments.shard.empty();
  if (arguments.diff.empty())
    for (const driver::CompileCommand &unit : units)
      if (unit.whole)
        looked.files.insert(report::rootRelative(driver::realPath(unit.file), run.root));
  for (const catalog::RuleInfo *rule : run.rules)
    looked.rules.insert(rule->id);
  return looked;
}

/// Only files of which all is known: units without a problem; of headers, those of a whole run without any.
void addUnusedSuppressions(driver::CheckOutcome &outcome, llvm::ArrayRef<driver::CompileCommand> units, bool whole,
                           report::SourceText &sources) {
  std::set<std::string> broken, mainFiles;
  for (const report::Problem &problem : outcome.problems)
    broken.insert(problem.unit);
  for (const driver::CompileCommand &unit : units)
    if (!broken.count(report::rootRelative(unit.file, outcome.run.root)))
      mainFiles.insert(driver::realPath(unit.file));
  report::SuppressionUse use = std::move(outcome.suppressions);
  std::erase_if(use.files, [&](const auto &file) { return !(whole && broken.empty()) && !mainFiles.count(file.first); });
  if (outcome.run.interrupted)
    return;
  llvm::append_range(outcome.findings, report::unusedSuppressions(use, sources));
  outcome.run.rules.push_back(&report::unusedSuppressionRule());
}

void sayLeftOut(llvm::ArrayRef<driver::LeftOut> leftOut) {
  for (const driver::LeftOut &each : leftOut)
    sayNote(each.place.file + ":" + std::to_string(each.place.line) + ":" + std::to_string(each.place.column) +
            ": paths of '" + each.function + "' were not followed: " + each.why);
}

report::Report reportOf(driver::CheckOutcome &outcome, double seconds, report::SourceText &sources) {
  report::Report report;
  report.run = std::move(outcome.run);
  report.run.version = versionText();
  report.run.seconds = seconds;
  report.problems = report::sortedByUnit(std::move(outcome.problems));
  report.findings = report::arrange(std::move(outcome.findings), report.run.root, sources);
  return report;
}

/// So many units are compiled whether they hold anything async or not: to leave some out would save little, and their
/// errors would go unseen. Asked before a shard is taken, so that shards together do what one run does.
constexpr size_t fewUnits = 8;

llvm::Expected<driver::CheckOptions> optionsFor(const CheckArguments &arguments, llvm::ArrayRef<driver::CompileCommand> units) {
  driver::CheckOptions options;
  options.root = rootFor(arguments, units);
  options.workers.jobs = arguments.jobs ? arguments.jobs : driver::defaultJobs();
  options.workers.limit = std::chrono::seconds(arguments.timeout);
  options.analysis.keepLinks = arguments.keepLinks;
  options.analysis.suppressions = arguments.unusedSuppressions;
  options.analysis.shortcuts = !arguments.noShortcuts && !arguments.unusedSuppressions;
  options.analysis.dump = findAnalysisDump(arguments.dump);
  options.analysis.dumpFunction = arguments.dumpFunction;
  options.analysis.resourceDirectory = driver::resourceDirectory();
  if (options.analysis.resourceDirectory.empty())
    return llvm::createStringError("Clang's own headers are not installed; install libclang-common-22-dev, or run "
                                   "'coroguard doctor'");
  return options;
}

/// None with --no-cache, without a home, for the plain thing, and for dumps, which are no results.
std::optional<driver::ResultCache> cacheFor(const CheckArguments &arguments) {
  const std::string folder =
      arguments.cacheFolder.empty() ? driver::ResultCache::defaultFolder() : driver::absolutePath(arguments.cacheFolder);
  if (arguments.noCache || arguments.noShortcuts || !arguments.dump.empty() || folder.empty())
    return std::nullopt;
  return driver::ResultCache(folder);
}

/// Runs the analysis, with the cache around it.
llvm::Expected<driver::CheckOutcome> analyse(const CheckArguments &arguments, llvm::ArrayRef<driver::CompileCommand> units,
                                             driver::Configuration &configuration, driver::CheckOptions &options, Progress &progress) {
  std::optional<driver::ResultCache> cache = cacheFor(arguments);
  if (cache) {
    options.cache = &*cache;
    llvm::Error error = cache->prepare();
    options.keepResults = !error;
    if (error && !arguments.quiet)
      sayNote("results of this run are not kept: " + llvm::toString(std::move(error)) + "; --cache-dir names another folder");
    else
      llvm::consumeError(std::move(error));
  }

  heedInterrupts();
  auto outcome = driver::runCheck(units, configuration, options, [&](const driver::CheckProgress &state) {
    progress.show(state);
    return !interrupted;
  });
  progress.clear();
  if (options.keepResults) {
    cache->shrinkNowAndThen();
    if (cache->isDiskFull() && !arguments.quiet)
      sayNote("the disk of the cache is full, so results of this run may not be kept; 'coroguard cache clean' makes room, --cache-dir "
              "names another folder");
  }
  return outcome;
}

void sayWhatWasLeftOut(const CheckArguments &arguments, const driver::CheckOutcome &outcome) {
  if (!arguments.quiet)
    sayDropped(outcome.droppedOptions);
  if (outcome.skipped && !arguments.quiet)
    sayNote("not compiled, for there is nothing asynchronous in them: " + report::counted(outcome.skipped, "unit") + " of " +
            std::to_string(outcome.run.units) + " (--no-shortcuts compiles all)");
  if (arguments.verbose)
    sayLeftOut(outcome.leftOut);
}

/// What the arguments name, without what the project excludes.
llvm::Expected<std::vector<driver::CompileCommand>> includedUnits(const CheckArguments &arguments, const driver::ProjectFile *project) {
  auto units = unitsFor(arguments);
  if (!units)
    return units;
  const size_t before = units->size();
  llvm::erase_if(*units, [&](const driver::CompileCommand &unit) { return project && project->excludes(unit.file); });
  if (before != units->size() && !arguments.quiet)
    sayNote("left out " + report::counted(before - units->size(), "unit") + " that " +
            report::rootRelative(project->path(), driver::realPath(".")) + " excludes");
  if (!arguments.quiet)
    sayStandIns(*units);
  return units;
}

/// Drops what lies on lines that did not change, and what the project excludes: headers are seen from other units, too.
void keepWanted(const std::optional<ChangedLines> &changed, const driver::ProjectFile *project, const std::string &root,
                std::vector<report::ReportedFinding> &findings) {
  llvm::erase_if(findings, [&](const report::ReportedFinding &reported) {
    const std::string &file = reported.finding.place.file;
    return (changed && !changed->touches(reported.finding.place)) ||
           (project && project->excludes(llvm::sys::path::is_absolute(file) ? file : root + "/" + file));
  });
}

} // namespace

llvm::Expected<Checked> checkUnits(const CheckArguments &arguments, const std::string &color) {
  auto configuration = configurationFor(arguments);
  if (!configuration)
    return configuration.takeError();
  const driver::ProjectFile *project = (*configuration)->project();
  auto units = includedUnits(arguments, project);
  if (!units)
    return units.takeError();
  auto options = optionsFor(arguments, *units);
  if (!options)
    return options.takeError();
  if (arguments.unusedSuppressions && !(arguments.diff.empty() && arguments.shard.empty()))
    return llvm::createStringError("--report-unused-suppressions needs all the units; leave --diff and --shard out");
  std::optional<ChangedLines> changed;
  if (!arguments.diff.empty()) {
    auto lines = ChangedLines::since(arguments.diff, options->root);
    if (!lines)
      return lines.takeError();
    changed = std::move(*lines);
    changed->keepAffected(*units);
  }
  options->compileAll = units->size() <= fewUnits;
  auto costs = readUnitCosts(arguments.costs);
  if (!costs)
    return costs.takeError();
  if (llvm::Error error = keepShard(arguments.shard, *costs, options->root, *units))
    return error;

  Progress progress(arguments.quiet);
  auto outcome = analyse(arguments, *units, **configuration, *options, progress);
  if (!outcome)
    return outcome.takeError();

  if (!arguments.recordCosts.empty())
    if (llvm::Error error = writeUnitCosts(arguments.recordCosts, outcome->unitSeconds))
      return error;

  Checked checked;
  checked.looked = lookedAt(arguments, *units, outcome->run);
  checked.sources = std::make_unique<report::SourceText>(options->root);
  if (arguments.shard.empty()) // other shards look at other units
    addUnseen(arguments.paths, *units, *outcome);
  if (arguments.unusedSuppressions)
    addUnusedSuppressions(*outcome, *units, arguments.paths.empty(), *checked.sources);
  checked.report = reportOf(*outcome, progress.seconds(), *checked.sources);
  keepWanted(changed, project, options->root, checked.report.findings);
  sayProblems(checked.report, *checked.sources, color);
  sayWhatWasLeftOut(arguments, *outcome);
  checked.dump = std::move(outcome->dump);
  checked.remembered = outcome->remembered;
  checked.skipped = outcome->skipped;
  checked.shared = outcome->shared;
  checked.cpuSeconds = outcome->cpuSeconds;
  checked.parseSeconds = outcome->parseSeconds;
  checked.layoutSeconds = outcome->layoutSeconds;
  checked.ruleSeconds = std::move(outcome->ruleSeconds);
  return checked;
}

static void leaveOutKnown(const report::Baseline &baseline, Checked &checked, bool quiet) {
  report::BaselineUse use = report::leaveOutKnown(baseline, checked.looked, checked.report);
  if (quiet)
    return;
  if (use.known)
    sayNote("left out " + report::counted(use.known, "known finding") + " of the baseline");
  if (use.gone)
    sayNote(report::counted(use.gone, "finding") + " of the baseline did not occur; 'coroguard baseline update' takes out what is gone");
}

llvm::Expected<Checked> checkForNew(const CheckArguments &arguments, const std::string &color) {
  if (arguments.baseline.empty())
    return checkUnits(arguments, color);
  auto baseline = report::readBaseline(arguments.baseline);
  if (!baseline)
    return baseline.takeError();
  auto checked = checkUnits(arguments, color);
  if (checked)
    leaveOutKnown(*baseline, *checked, arguments.quiet);
  return checked;
}

} // namespace coroguard::cli
