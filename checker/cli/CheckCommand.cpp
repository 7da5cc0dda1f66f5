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
#include "checker/report/Summary.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {
namespace {

void sayTiming(const Checked &checked) {
  llvm::errs() << llvm::formatv("\n{0,10:f3} s  wall\n{1,10:f3} s  CPU of all units\n{2,10:f3} s  parsing\n",
                                checked.report.run.seconds, checked.cpuSeconds, checked.parseSeconds);
  std::vector<std::pair<double, std::string>> rules;
  for (const auto &[rule, used] : checked.ruleSeconds)
    rules.emplace_back(used, rule);
  llvm::sort(rules, std::greater<>());
  for (const auto &[used, rule] : rules)
    llvm::errs() << llvm::formatv("{0,10:f3} s  {1}\n", used, rule);
}

} // namespace

int statusOf(const report::Report &report, bool written, bool exitZero) {
  if (!written || !report.problems.empty() || report.run.interrupted)
    return exitFailure;
  return report.findings.empty() || exitZero ? exitClean : exitFindings;
}

int runCheckCommand(const CheckArguments &given, const std::string &color) {
  auto fail = [&](llvm::Error error) {
    sayError(llvm::toString(std::move(error)), color);
    return exitFailure;
  };
  auto whole = withProject(given);
  if (!whole)
    return fail(whole.takeError());
  const CheckArguments &arguments = *whole;
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
