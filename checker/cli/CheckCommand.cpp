// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard check`: from arguments to reports and exit status.
#include "checker/cli/Commands.h"
#include "checker/cli/Progress.h"
#include "checker/cli/Reports.h"
#include "checker/cli/Settings.h"
#include "checker/cli/Terminal.h"
#include "checker/cli/Units.h"
#include "checker/driver/CheckRun.h"
#include "checker/driver/UnitArguments.h"
#include "checker/report/Excerpt.h"
#include "checker/report/Summary.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <atomic>
#include <csignal>
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

void sayTiming(const driver::CheckOutcome &outcome, double seconds) {
  llvm::errs() << llvm::formatv("\n{0,10:f3} s  wall\n{1,10:f3} s  CPU of all units\n{2,10:f3} s  parsing\n", seconds,
                                outcome.cpuSeconds, outcome.parseSeconds);
  std::vector<std::pair<double, std::string>> rules;
  for (const auto &[rule, used] : outcome.ruleSeconds)
    rules.emplace_back(used, rule);
  llvm::sort(rules, std::greater<>());
  for (const auto &[used, rule] : rules)
    llvm::errs() << llvm::formatv("{0,10:f3} s  {1}\n", used, rule);
}

int statusOf(const report::Report &report, bool written, bool exitZero) {
  if (!written || !report.problems.empty() || report.run.interrupted)
    return exitFailure;
  return report.findings.empty() || exitZero ? exitClean : exitFindings;
}

report::Report reportOf(driver::CheckOutcome &outcome, double seconds, report::SourceText &sources) {
  report::Report report;
  report.run = std::move(outcome.run);
  report.run.version = versionText();
  report.run.seconds = seconds;
  report.problems = std::move(outcome.problems);
  report.findings = report::arrange(std::move(outcome.findings), report.run.root, sources);
  return report;
}

llvm::Expected<driver::CheckOptions> optionsFor(const CheckArguments &arguments, llvm::ArrayRef<driver::CompileCommand> units) {
  driver::CheckOptions options;
  options.root = rootFor(arguments, units);
  options.workers.jobs = arguments.jobs ? arguments.jobs : driver::defaultJobs();
  options.workers.limit = std::chrono::seconds(arguments.timeout);
  options.analysis.shortcuts = !arguments.noShortcuts;
  options.analysis.resourceDirectory = driver::resourceDirectory();
  if (options.analysis.resourceDirectory.empty())
    return llvm::createStringError("Clang's own headers are not installed; install libclang-common-22-dev, or run "
                                   "'coroguard doctor'");
  return options;
}

} // namespace

int runCheckCommand(const CheckArguments &arguments, const std::string &color) {
  auto fail = [&](llvm::Error error) {
    sayError(llvm::toString(std::move(error)), color);
    return exitFailure;
  };
  auto outputs = Outputs::open(arguments, color);
  if (!outputs)
    return fail(outputs.takeError());
  auto configuration = configurationFor(arguments);
  if (!configuration)
    return fail(configuration.takeError());
  auto units = unitsFor(arguments);
  if (!units)
    return fail(units.takeError());
  auto options = optionsFor(arguments, *units);
  if (!options)
    return fail(options.takeError());

  heedInterrupts();
  Progress progress(arguments.quiet);
  auto outcome = driver::runCheck(*units, **configuration, *options, [&](const driver::CheckProgress &state) {
    progress.show(state);
    return !interrupted;
  });
  progress.clear();
  if (!outcome)
    return fail(outcome.takeError());

  report::SourceText sources(options->root);
  report::Report report = reportOf(*outcome, progress.seconds(), sources);
  sayProblems(report, sources, color);
  if (!arguments.quiet)
    sayDropped(outcome->droppedOptions);
  bool written = outputs->write(report, sources);
  if (arguments.timing)
    sayTiming(*outcome, report.run.seconds);
  if (report.run.interrupted)
    sayError(llvm::formatv("interrupted after {0} of {1}; what was found until then is reported", report.run.analysed,
                           report::counted(report.run.units, "unit"))
                 .str(),
             color);
  return statusOf(report, written, arguments.exitZero);
}

} // namespace coroguard::cli
