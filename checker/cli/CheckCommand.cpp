// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard check`: from arguments to reports and exit status.
#include "checker/cli/ApplyFixes.h"
#include "checker/cli/Commands.h"
#include "checker/cli/Reports.h"
#include "checker/cli/Run.h"
#include "checker/cli/Settings.h"
#include "checker/cli/Terminal.h"
#include "checker/framework/AnalysisDump.h"
#include "checker/report/Summary.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {
namespace {

/// CPU time but for the first line. What several rules share is worked out, and paid, by the first that asks for it.
void sayTiming(const Checked &checked) {
  std::vector<std::pair<double, std::string>> rules;
  double all = checked.layoutSeconds;
  for (const auto &[rule, used] : checked.ruleSeconds) {
    rules.emplace_back(used, rule);
    all += used;
  }
  llvm::sort(rules, std::greater<>());
  llvm::errs() << llvm::formatv("\n{0,10:f3} s  wall\n{1,10:f3} s  CPU of all units\n{2,10:f3} s  parsing\n{3,10:f3} s  checking",
                                checked.report.run.seconds, checked.cpuSeconds, checked.parseSeconds, all);
  if (checked.parseSeconds > 0)
    llvm::errs() << llvm::formatv(", {0:f1} % of parsing", 100 * all / checked.parseSeconds);
  llvm::errs() << llvm::formatv("\n{0,10:f3} s  laying out the units\n", checked.layoutSeconds);
  llvm::errs() << llvm::formatv("{0,10} units from the cache\n{1,10} units with nothing async in them\n{2,10} units after a beginning "
                                "that others share\n",
                                checked.remembered, checked.skipped, checked.shared);
  for (const auto &[used, rule] : rules)
    llvm::errs() << llvm::formatv("{0,10:f3} s  {1}\n", used, rule);
}

} // namespace

int statusOf(const report::Report &report, bool written, bool exitZero) {
  if (!written || !report.problems.empty() || report.run.interrupted)
    return exitFailure;
  return report.findings.empty() || exitZero ? exitClean : exitFindings;
}

namespace {

/// `check --dump=KIND`: what an analysis knows, on standard output.
int runDump(const CheckArguments &arguments, const std::string &color) {
  if (arguments.dump == "list") {
    for (const AnalysisDump &dump : analysisDumps())
      llvm::outs() << llvm::formatv("{0,-12} {1}\n", dump.kind, dump.summary);
    return exitClean;
  }
  if (!findAnalysisDump(arguments.dump)) {
    std::string kinds = "list";
    for (const AnalysisDump &dump : analysisDumps())
      kinds += ", " + dump.kind.str();
    sayError("there is no dump '" + arguments.dump + "'; KIND is one of " + kinds, color);
    return exitFailure;
  }
  auto checked = checkUnits(arguments, color);
  if (!checked) {
    sayError(llvm::toString(checked.takeError()), color);
    return exitFailure;
  }
  llvm::outs() << checked->dump;
  if (checked->dump.empty() && !arguments.dumpFunction.empty())
    sayError("'" + arguments.dumpFunction + "' is no function of these units, or the analysis has nothing to say of it; '--dump=cfg' "
             "without --dump-function shows those of the files themselves", color);
  const bool nothing = checked->dump.empty() && !arguments.dumpFunction.empty();
  return nothing || !checked->report.problems.empty() || checked->report.run.interrupted ? exitFailure : exitClean;
}

} // namespace

int runCheckCommand(const CheckArguments &given, const std::string &color) {
  auto fail = [&](llvm::Error error) {
    sayError(llvm::toString(std::move(error)), color);
    return exitFailure;
  };
  auto whole = withProject(given);
  if (!whole)
    return fail(whole.takeError());
  const CheckArguments &arguments = *whole;
  if (!arguments.dump.empty())
    return runDump(arguments, color);
  auto outputs = Outputs::open(arguments, color);
  if (!outputs)
    return fail(outputs.takeError());
  auto checked = checkForNew(arguments, color);
  if (!checked)
    return fail(checked.takeError());

  report::Report &report = checked->report;
  bool written = applyFixes(arguments, report, *checked->sources, color);
  if (!arguments.fixPreview)
    written &= outputs->write(report, *checked->sources);
  if (arguments.timing)
    sayTiming(*checked);
  if (report.run.interrupted)
    sayError(llvm::formatv("interrupted after {0} of {1}; what was found until then is reported", report.run.analysed,
                           report::counted(report.run.units, "unit"))
                 .str(),
             color);
  return statusOf(report, written, arguments.exitZero);
}

} // namespace coroguard::cli
