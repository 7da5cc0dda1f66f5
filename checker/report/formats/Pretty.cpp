// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The format for people at a terminal: what is wrong, where, the proof step by step, and what to do.
#include "checker/report/Excerpt.h"
#include "checker/report/Summary.h"

#include "rules/catalog/Names.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

namespace coroguard::report {
namespace {

std::string placeText(const Place &place) {
  return llvm::formatv("{0}:{1}:{2}", place.file, place.line, place.column).str();
}

/// Wide enough for every line number the finding shows.
unsigned gutterOf(const Finding &finding) {
  unsigned line = finding.place.line;
  for (const EvidenceStep &step : finding.evidence)
    line = std::max(line, step.place.line);
  return std::max<size_t>(5, std::to_string(line).size() + 1);
}

/// `text` after `label`, broken at blanks so that it fits; following lines are indented to the text.
void writeLabelled(llvm::StringRef label, llvm::StringRef color, llvm::StringRef text, const Style &style,
                   llvm::raw_ostream &out) {
  Palette paint(style);
  out << "  " << color << label << paint.off << ' ';
  unsigned indent = label.size() + 3, column = indent;
  llvm::SmallVector<llvm::StringRef> words;
  text.split(words, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (llvm::StringRef word : words) {
    if (column > indent && column + word.size() + 1 > style.width) {
      out << '\n' << std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      out << ' ';
      ++column;
    }
    out << word;
    column += word.size();
  }
  out << '\n';
}

/// Findings of one rule with the same steps, but for where they begin: one helper, called from many places.
class Causes {
public:
  /// The place of the first one, if this is one of many; empty if it is to be shown in full.
  std::string shownAt(const Finding &finding) {
    if (finding.evidence.empty() || !finding.fixes.empty()) // each fix is its own
      return "";
    std::string steps = finding.rule->id.str();
    for (const EvidenceStep &step : llvm::ArrayRef(finding.evidence).drop_front(finding.evidence.size() > 1 ? 1 : 0))
      steps += '\n' + placeText(step.place);
    Cause &cause = causes_[steps];
    if (cause.times++ == 0)
      cause.first = placeText(finding.place);
    return cause.times > timesInFull ? cause.first : "";
  }

private:
  struct Cause {
    unsigned times = 0;
    std::string first;
  };
  static constexpr unsigned timesInFull = 3; ///< nobody reads the same steps a fourth time
  llvm::StringMap<Cause> causes_;
};

void writeHeadline(const Finding &finding, SourceText &sources, const Style &style, llvm::raw_ostream &out) {
  Palette paint(style);
  llvm::StringRef color = paint.of(finding.severity);
  out << paint.bold << placeText(finding.place) << ": " << paint.off << color << catalog::nameOf(finding.severity) << ": "
      << paint.off << paint.bold << finding.message << paint.off << ' ' << paint.dim << '[' << finding.rule->id << ']'
      << paint.off << '\n';
  writeExcerpt(finding.place, gutterOf(finding), color, sources, style, out);
}

void writeFinding(const Finding &finding, bool explainRule, SourceText &sources, const Style &style,
                  llvm::raw_ostream &out) {
  Palette paint(style);
  unsigned gutter = gutterOf(finding);
  writeHeadline(finding, sources, style, out);
  unsigned number = 0;
  for (const EvidenceStep &step : finding.evidence) {
    out << "  " << paint.cyan << ++number << '.' << paint.off << ' ' << step.message << ' ' << paint.dim << "at "
        << placeText(step.place) << paint.off << '\n';
    writeExcerpt(step.place, gutter, paint.cyan, sources, style, out);
  }
  if (llvm::StringRef cure = finding.cure.empty() ? finding.rule->help : llvm::StringRef(finding.cure); !cure.empty())
    writeLabelled("cure:", paint.green, cure, style, out);
  for (const Fix &fix : finding.fixes)
    writeLabelled(fix.kind == catalog::FixKind::Safe ? "fix: " : "fix?:", paint.green,
                  fix.description + (fix.kind == catalog::FixKind::Safe ? " (safe: coroguard check --fix)"
                                                                          : " (read it first: coroguard check --fix-unsafe)"),
                  style, out);
  if (explainRule)
    writeLabelled("why: ", paint.dim, ("coroguard rule " + finding.rule->id).str(), style, out);
  out << '\n';
}

void write(const Report &report, SourceText &sources, const Style &style, llvm::raw_ostream &out) {
  llvm::StringSet<> explained; // the pointer to the rule's page stands once per rule
  Causes causes;
  for (const ReportedFinding &reported : report.findings) {
    const Finding &finding = reported.finding;
    if (const std::string first = causes.shownAt(finding); !first.empty()) {
      writeHeadline(finding, sources, style, out);
      writeLabelled("same:", Palette(style).dim, "for the same reason as " + first, style, out);
      out << '\n';
    } else {
      writeFinding(finding, explained.insert(finding.rule->id).second, sources, style, out);
    }
  }
  writeSummary(report, style, out);
}

} // namespace

extern const Format Pretty;
const Format Pretty{"pretty", "for people: source, numbered proof, cure", write};

} // namespace coroguard::report
