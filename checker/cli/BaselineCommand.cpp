// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// `coroguard baseline create|update|check`.
#include "checker/cli/Commands.h"
#include "checker/cli/Reports.h"
#include "checker/cli/Run.h"
#include "checker/cli/Settings.h"
#include "checker/cli/Terminal.h"
#include "checker/driver/Database.h"
#include "checker/driver/ProjectFile.h"
#include "checker/report/Baseline.h"
#include "checker/report/Summary.h"
#include "checker/report/WholeFile.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {

static int writeBaseline(const report::Baseline &baseline, const std::string &file, const std::string &color) {
  llvm::Error error = report::writeWholeFile(file, [&](llvm::raw_ostream &out) { out << report::toText(baseline); });
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

/// What makes later runs read the baseline.
static std::string howToUse(const CheckArguments &arguments) {
  auto project = arguments.project.empty() ? nullptr : llvm::expectedToOptional(driver::ProjectFile::read(arguments.project)).value_or(nullptr);
  std::string check = "from now on: coroguard check";
  if (!project)
    return check + " --baseline " + arguments.baseline;
  if (project->baseline() == driver::absolutePath(arguments.baseline))
    return check;
  return check + " --baseline " + arguments.baseline + ", or name it under 'baseline' in " + report::rootRelative(project->path(), driver::realPath("."));
}

static int create(const CheckArguments &arguments, const std::string &color) {
  if (llvm::sys::fs::exists(arguments.baseline)) {
    sayError("'" + arguments.baseline + "' is there already; 'coroguard baseline update' takes out what is gone, with --grow it puts "
             "in what is new", color);
    return exitFailure;
  }
  if (std::string why = whyNotWritable(arguments.baseline); !why.empty()) { // known before a long run
    sayError("cannot write the baseline '" + arguments.baseline + "': " + why + "; name another file with --file", color);
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
    llvm::outs() << "wrote " << report::counted(checked->report.findings.size(), "finding") << " to " << arguments.baseline << "; "
                 << howToUse(arguments) << '\n';
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
  report::BaselineChange change = report::updated(*old, report::baselineOf(checked->report), checked->looked, arguments.grow);
  int status = writeBaseline(change.next, file, color);
  if (status == exitClean)
    llvm::outs() << "took out " << report::counted(change.gone, "finding") << ", put in " << change.added << "; "
                 << change.next.entries.size() << " in " << file << '\n';
  if (change.left)
    sayNote(report::counted(change.left, "new finding") + " not put in; --grow would");
  return status;
}

int runBaselineCommand(const BaselineArguments &given, const std::string &color) {
  auto whole = withProject(given.check);
  if (!whole) {
    sayError(llvm::toString(whole.takeError()), color);
    return exitFailure;
  }
  BaselineArguments arguments = given;
  arguments.check = std::move(*whole);
  if (arguments.check.baseline.empty())
    arguments.check.baseline = "coroguard-baseline.json";
  if (arguments.grow && arguments.action != "update") {
    sayError("--grow is for update; type: coroguard baseline update --grow", color);
    return exitFailure;
  }
  for (const std::string &path : given.check.paths)
    if (llvm::StringRef(path).ends_with(".json")) {
      sayError("'" + path + "' is no code to check; the baseline's own file is named by --file: coroguard baseline " +
               arguments.action + " --file " + path, color);
      return exitFailure;
    }
  if (arguments.action == "create")
    return create(arguments.check, color);
  if (arguments.action == "update")
    return update(arguments, color);
  return runCheckCommand(arguments.check, color);
}

} // namespace coroguard::cli
