// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Fixes into files.
#include "checker/cli/ApplyFixes.h"

#include "checker/cli/Terminal.h"
#include "checker/report/Summary.h"
#include "checker/report/WholeFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::cli {

namespace fs = llvm::sys::fs;

report::Report withoutBrokenFiles(const report::Report &report) {
  llvm::StringSet<> broken;
  for (const report::Problem &problem : report.problems) {
    broken.insert(problem.unit);
    broken.insert(problem.place.file);
  }
  report::Report result = report;
  for (report::ReportedFinding &reported : result.findings)
    llvm::erase_if(reported.finding.fixes, [&](const Fix &fix) {
      return llvm::any_of(fix.edits, [&](const TextEdit &edit) { return broken.contains(edit.file); });
    });
  return result;
}

/// Empty on success, else why not.
static std::string writeFile(const std::string &file, const std::vector<TextEdit> &edits, report::SourceText &sources,
                             llvm::StringRef root) {
  const llvm::MemoryBuffer *buffer = sources.whole(file);
  std::string text;
  if (!buffer || !report::editedText(edits, buffer->getBuffer(), text))
    return "it changed while it was checked; run again";
  llvm::SmallString<256> path(file);
  if (llvm::sys::path::is_relative(path)) {
    path = root;
    llvm::sys::path::append(path, file);
  }
  if (fs::access(path, fs::AccessMode::Write))
    return "it is read-only";
  return llvm::toString(report::writeWholeFile(path, [&](llvm::raw_ostream &out) { out << text; }));
}

llvm::StringSet<> writePlan(const report::FixPlan &plan, report::SourceText &sources, llvm::StringRef root,
                            const std::string &color) {
  llvm::StringSet<> failed;
  for (const auto &[file, edits] : plan.edits)
    if (std::string why = writeFile(file, edits, sources, root); !why.empty()) {
      failed.insert(file);
      sayError("cannot write '" + file + "': " + why, color);
    }
  return failed;
}

bool applyFixes(const CheckArguments &arguments, report::Report &report, report::SourceText &sources, const std::string &color) {
  if (!arguments.fix && !arguments.fixUnsafe && !arguments.fixPreview)
    return true;
  report::FixPlan plan = report::planFixes(withoutBrokenFiles(report), arguments.fixUnsafe);
  if (arguments.fixPreview) {
    report::writeDiff(plan, sources, llvm::outs());
    return true;
  }
  llvm::StringSet<> failed = writePlan(plan, sources, report.run.root, color);
  std::vector<char> gone(report.findings.size());
  size_t count = 0;
  for (size_t i : plan.fixed) {
    gone[i] = !failed.contains(report.findings[i].finding.place.file);
    count += gone[i];
  }
  size_t next = 0;
  llvm::erase_if(report.findings, [&](const report::ReportedFinding &) { return gone[next++]; });
  if (!arguments.quiet) {
    sayNote("fixed " + report::counted(count, "finding") + " in " + report::counted(plan.edits.size() - failed.size(), "file"));
    if (!plan.conflicts.empty())
      sayNote(report::counted(plan.conflicts.size(), "fix") + " would overlap another; run again for the rest");
  }
  return failed.empty();
}

} // namespace coroguard::cli
