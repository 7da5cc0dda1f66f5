// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Order, identity and root-relative paths of findings.
#include "checker/report/Report.h"

#include "checker/report/SourceText.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/xxhash.h"

#include <map>
#include <tuple>

namespace coroguard::report {

llvm::StringRef problemName(Problem::Kind kind) {
  switch (kind) {
  case Problem::Kind::Compile:
    return "compile";
  case Problem::Kind::Crash:
    return "crash";
  case Problem::Kind::Timeout:
    return "timeout";
  case Problem::Kind::Configuration:
    return "configuration";
  }
  return "compile";
}

std::vector<Problem> sortedByUnit(std::vector<Problem> problems) {
  std::multimap<std::string, Problem> sorted; // keeps equal keys in the order they came
  for (Problem &problem : problems) {
    std::string unit = problem.unit;
    sorted.emplace(std::move(unit), std::move(problem));
  }
  problems.clear();
  for (auto &[unit, problem] : sorted)
    problems.push_back(std::move(problem));
  return problems;
}

std::string rootRelative(llvm::StringRef path, llvm::StringRef root) {
  root = root.rtrim('/');
  llvm::StringRef rest = path;
  if (!root.empty() && rest.consume_front(root) && rest.consume_front("/"))
    return rest.str();
  return path.str();
}

using Order = std::tuple<std::string, unsigned, unsigned, llvm::StringRef, std::string>;

static Order orderOf(const Finding &finding) {
  return {finding.place.file, finding.place.line, finding.place.column, finding.rule->id, finding.message};
}

/// What may differ when two units find the same: the way to it, and what follows from that.
static std::string proofOf(const Finding &finding) {
  std::string proof;
  for (const EvidenceStep &step : finding.evidence)
    proof += (step.place.file + "\n" + llvm::utohexstr(step.place.line, false, 8) + llvm::utohexstr(step.place.column, false, 8) + step.message + "\n");
  return proof + finding.cure + "\n" + finding.symbol;
}

/// The line with runs of white space made one blank, so that reformatting keeps the fingerprint.
static std::string normalised(llvm::StringRef line) {
  std::string text;
  for (char c : line.trim()) {
    bool blank = c == ' ' || c == '\t';
    if (!blank)
      text += c;
    else if (text.back() != ' ')
      text += ' ';
  }
  return text;
}

std::vector<ReportedFinding> arrange(std::vector<Finding> findings, llvm::StringRef root, SourceText &sources) {
  for (Finding &finding : findings) {
    finding.place.file = rootRelative(finding.place.file, root);
    for (EvidenceStep &step : finding.evidence)
      step.place.file = rootRelative(step.place.file, root);
    for (Fix &fix : finding.fixes)
      for (TextEdit &edit : fix.edits)
        edit.file = rootRelative(edit.file, root);
  }
  std::map<Order, Finding> sorted;
  for (Finding &finding : findings) {
    auto [at, isNew] = sorted.try_emplace(orderOf(finding), std::move(finding));
    if (!isNew && proofOf(finding) < proofOf(at->second)) // try_emplace() has not moved it
      at->second = std::move(finding);
  }

  std::vector<ReportedFinding> reported;
  llvm::StringMap<unsigned> seen; // ordinals: the same line twice in one function are two findings
  for (auto &[order, finding] : sorted) {
    std::string key = (finding.rule->id + llvm::Twine('\0') + finding.place.file + llvm::Twine('\0') + finding.symbol +
                       llvm::Twine('\0') + normalised(sources.line(finding.place.file, finding.place.line)))
                          .str();
    key += '\0' + std::to_string(seen[key]++);
    std::string hash = llvm::utohexstr(llvm::xxh3_64bits(llvm::StringRef(key)), /*LowerCase=*/true, /*Width=*/16);
    reported.push_back({std::move(finding), std::move(hash)});
  }
  return reported;
}

} // namespace coroguard::report
