// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard suppress`: a NOLINT comment with a reason for each present finding.
#include "checker/cli/ApplyFixes.h"
#include "checker/cli/Commands.h"
#include "checker/cli/Run.h"
#include "checker/cli/Settings.h"
#include "checker/cli/SuppressionPlan.h"
#include "checker/cli/Terminal.h"
#include "checker/report/Summary.h"

#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {

/// Empty if the reason can stand in a comment of one line.
static std::string problemOf(llvm::StringRef reason) {
  if (reason.empty())
    return R"(say why: coroguard suppress --reason "…"; the reason stands in each comment)";
  if (reason.find_first_of("\r\n") != llvm::StringRef::npos)
    return "--reason must be one line";
  if (reason.ends_with("\\") || reason.contains("*/") || reason.contains("NOLINT"))
    return R"(--reason cannot stand in a comment: leave out '*/', 'NOLINT' and a '\' at the end)";
  return {};
}

int runSuppressCommand(const SuppressArguments &arguments, const std::string &color) {
  auto fail = [&](const std::string &text) {
    sayError(text, color);
    return exitFailure;
  };
  llvm::StringRef reason = llvm::StringRef(arguments.reason).trim();
  if (std::string problem = problemOf(reason); !problem.empty())
    return fail(problem);
  auto whole = withProject(arguments.check);
  if (!whole)
    return fail(llvm::toString(whole.takeError()));
  auto checked = checkForNew(*whole, color);
  if (!checked)
    return fail(llvm::toString(checked.takeError()));

  const report::Report &report = checked->report;
  report::SourceText &sources = *checked->sources;
  SuppressionPlan plan = planSuppressions(report, reason, sources);
  bool good = plan.impossible.empty() && report.problems.empty() && !report.run.interrupted;
  for (size_t i : plan.impossible) {
    const Finding &finding = report.findings[i].finding;
    sayError(finding.place.file + ":" + std::to_string(finding.place.line) +
                 ": no comment can stand at this line; put NOLINTBEGIN(" + finding.rule->id.str() + ") and NOLINTEND around it",
             color);
  }
  if (arguments.preview) {
    report::writeDiff(plan.edits, sources, llvm::outs());
    return good ? exitClean : exitFailure;
  }
  llvm::StringSet<> failed = writePlan(plan.edits, sources, report.run.root, color);
  size_t count = llvm::count_if(plan.suppressed, [&](size_t i) { return !failed.contains(report.findings[i].finding.place.file); });
  llvm::outs() << "suppressed " << report::counted(count, "finding") << " in "
               << report::counted(plan.edits.edits.size() - failed.size(), "file") << '\n';
  return good && failed.empty() ? exitClean : exitFailure;
}

} // namespace coroguard::cli
