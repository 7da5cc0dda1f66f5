// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard baseline create|update|check`.
#include "checker/cli/Commands.h"
#include "checker/cli/Run.h"
#include "checker/cli/Terminal.h"
#include "checker/report/Baseline.h"
#include "checker/report/Summary.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {

static int writeBaseline(const report::Baseline &baseline, const std::string &file, const std::string &color) {
  llvm::Error error = llvm::writeToOutput(file, [&](llvm::raw_ostream &out) {
    out << report::toText(baseline);
    return llvm::Error::success();
  });
  if (!error)
    return exitClean;
  sayError("cannot write the baseline '" + file + "': " + llvm::toString(std::move(error)), color);
  return exitFailure;
}

/// A run with problems has not seen everything: what it did not find may still be there.
static bool isWhole(const report::Report &report, const std::string &color) {
  if (report.problems.empty() && !report.run.interrupted)
    return true;
  sayError("not all units could be checked, so the baseline stays as it is; mend that first", color);
  return false;
}

static int create(const CheckArguments &arguments, const std::string &color) {
  if (llvm::sys::fs::exists(arguments.baseline)) {
    sayError("'" + arguments.baseline + "' is there already; 'coroguard baseline update' takes out what is gone, with --grow it puts "
             "in what is new", color);
    return exitFailure;
  }
  auto checked = checkUnits(arguments, color);
  if (!checked) {
    sayError(llvm::toString(checked.takeError()), color);
    return exitFailure;
  }
  if (!isWhole(checked->report, color))
    return exitFailure;
  int status = writeBaseline(report::baselineOf(checked->report), arguments.baseline, color);
  if (status == exitClean)
    llvm::outs() << "wrote " << report::counted(checked->report.findings.size(), "finding") << " to " << arguments.baseline
                 << "; from now on: coroguard check --baseline " << arguments.baseline << '\n';
  return status;
}

static int update(const BaselineArguments &arguments, const std::string &color) {
  const std::string &file = arguments.check.baseline;
  auto old = report::readBaseline(file);
  if (!old) {
    sayError(llvm::toString(old.takeError()), color);
    return exitFailure;
  }
  auto checked = checkUnits(arguments.check, color);
  if (!checked) {
    sayError(llvm::toString(checked.takeError()), color);
    return exitFailure;
  }
  if (!isWhole(checked->report, color))
    return exitFailure;
  report::Baseline now = report::baselineOf(checked->report), next;
  size_t added = 0, left = 0;
  for (const auto &[fingerprint, entry] : now.entries) {
    bool known = old->entries.count(fingerprint);
    if (known || arguments.grow)
      next.entries[fingerprint] = entry;
    added += !known && arguments.grow;
    left += !known && !arguments.grow;
  }
  size_t gone = old->entries.size() - (next.entries.size() - added);
  int status = writeBaseline(next, file, color);
  if (status == exitClean)
    llvm::outs() << "took out " << report::counted(gone, "finding") << ", put in " << added << "; " << next.entries.size() << " in "
                 << file << '\n';
  if (left)
    sayNote(report::counted(left, "new finding") + " not put in; --grow would");
  return status;
}

int runBaselineCommand(const BaselineArguments &given, const std::string &color) {
  BaselineArguments arguments = given;
  if (arguments.check.baseline.empty())
    arguments.check.baseline = "coroguard-baseline.json";
  if (arguments.action == "create")
    return create(arguments.check, color);
  if (arguments.action == "update")
    return update(arguments, color);
  return runCheckCommand(arguments.check, color);
}

} // namespace coroguard::cli
