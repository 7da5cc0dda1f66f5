// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Places for comments: above the line, else behind it, else before the backslash that continues it.
#include "checker/cli/SuppressionPlan.h"

#include "checker/report/Suppressions.h"

#include "clang/Basic/LangOptions.h"
#include "clang/Lex/Lexer.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"

#include <set>

namespace coroguard::cli {
namespace {

/// A text by lines, and which line breaks lie inside a literal or a comment.
class Lines {
public:
  explicit Lines(llvm::StringRef text) : text_(text), starts_{0} {
    for (size_t at = text.find('\n'); at != llvm::StringRef::npos; at = text.find('\n', at + 1))
      starts_.push_back(at + 1);
    broken_.resize(starts_.size() + 1);
    lex();
  }

  size_t count() const { return starts_.size(); }
  size_t start(unsigned line) const { return starts_[line - 1]; }
  /// Without the line end.
  llvm::StringRef text(unsigned line) const {
    size_t end = line < starts_.size() ? starts_[line] - 1 : text_.size();
    return text_.slice(start(line), end).rtrim('\r');
  }
  /// Whether something goes on from the line before.
  bool startsInside(unsigned line) const { return line > 1 && (broken_[line] || continues(line - 1)); }
  bool endsInside(unsigned line) const { return line < starts_.size() && broken_[line + 1]; }
  bool continues(unsigned line) const { return text(line).rtrim(" \t").ends_with("\\"); }
  llvm::StringRef lineEnd() const { return text_.contains("\r\n") ? "\r\n" : "\n"; }

private:
  /// Marks the lines that begin inside a token.
  void lex() {
    clang::LangOptions language;
    language.CPlusPlus = language.CPlusPlus11 = language.CPlusPlus20 = true;
    language.RawStringLiterals = language.LineComment = language.CXXOperatorNames = true;
    clang::Lexer lexer(clang::SourceLocation(), language, text_.begin(), text_.begin(), text_.end());
    lexer.SetCommentRetentionState(true);
    clang::Token token;
    for (bool last = false; !last;) {
      last = lexer.LexFromRawLexer(token);
      size_t end = lexer.getBufferLocation() - text_.begin(), begin = end - token.getLength();
      for (size_t at = text_.find('\n', begin); at < end; at = text_.find('\n', at + 1))
        broken_.set(llvm::lower_bound(starts_, at + 1) - starts_.begin() + 1);
    }
  }

  llvm::StringRef text_;
  std::vector<size_t> starts_;
  llvm::BitVector broken_; ///< by line
};

class FilePlan {
public:
  FilePlan(std::string file, llvm::StringRef text, llvm::StringRef reason)
      : file_(std::move(file)), reason_(reason.str()), lines_(text), present_(report::suppressionsIn(text)) {}

  /// False if no comment can stand at the line.
  bool suppress(unsigned line, const std::set<llvm::StringRef> &rules, std::vector<TextEdit> &edits) const {
    if (line == 0 || line > lines_.count())
      return false;
    if (addToPresent(line, rules, edits))
      return true;
    std::string comment = "(" + llvm::join(rules, ",") + "): " + reason_;
    llvm::StringRef code = lines_.text(line);
    if (!lines_.startsInside(line) && !isSpokenOf(line)) {
      std::string indent = code.take_while([](char c) { return c == ' ' || c == '\t'; }).str();
      insert(lines_.start(line), indent + "// NOLINTNEXTLINE" + comment + lines_.lineEnd().str(), edits);
    } else if (!lines_.endsInside(line) && !lines_.continues(line)) {
      insert(lines_.start(line) + code.rtrim(" \t").size(), " // NOLINT" + comment, edits);
    } else if (!lines_.endsInside(line)) {
      insert(lines_.start(line) + code.rtrim(" \t").drop_back().rtrim(" \t").size(), " /* NOLINT" + comment + " */", edits);
    } else {
      return false;
    }
    return true;
  }

private:
  /// Two comments for the next line would be one too many: the upper one would speak of the lower.
  bool addToPresent(unsigned line, const std::set<llvm::StringRef> &rules, std::vector<TextEdit> &edits) const {
    for (const report::Suppression &comment : present_) {
      if (comment.kind != report::Suppression::Kind::NextLine || comment.line + 1 != line || !comment.hasList)
        continue;
      llvm::StringRef above = lines_.text(comment.line);
      if (!above.take_front(comment.begin - lines_.start(comment.line)).rtrim(" \t").ends_with("//"))
        continue;
      insert(comment.end - 1, (comment.rules.empty() ? "" : ",") + llvm::join(rules, ","), edits);
      insert(lines_.start(comment.line) + above.rtrim(" \t").size(), "; " + llvm::join(rules, ", ") + ": " + reason_, edits);
      return true;
    }
    return false;
  }

  /// A comment above, of a form that cannot be added to, speaks of this line.
  bool isSpokenOf(unsigned line) const {
    return llvm::any_of(present_, [&](const report::Suppression &comment) {
      return comment.kind == report::Suppression::Kind::NextLine && comment.line + 1 == line;
    });
  }

  void insert(size_t offset, std::string text, std::vector<TextEdit> &edits) const {
    edits.push_back({file_, static_cast<unsigned>(offset), 0, std::move(text)});
  }

  std::string file_, reason_;
  Lines lines_;
  std::vector<report::Suppression> present_;
};

} // namespace

SuppressionPlan planSuppressions(const report::Report &report, llvm::StringRef reason, report::SourceText &sources) {
  llvm::StringSet<> broken;
  for (const report::Problem &problem : report.problems) {
    broken.insert(problem.unit);
    broken.insert(problem.place.file);
  }
  std::map<std::string, std::map<unsigned, std::vector<size_t>>> places; // file, line, findings
  for (size_t i = 0; i < report.findings.size(); ++i) {
    const Place &place = report.findings[i].finding.place;
    if (!broken.contains(place.file))
      places[place.file][place.line].push_back(i);
  }
  SuppressionPlan plan;
  for (const auto &[file, lines] : places) {
    const llvm::MemoryBuffer *buffer = sources.whole(file);
    std::vector<TextEdit> edits;
    std::optional<FilePlan> filePlan;
    if (buffer)
      filePlan.emplace(file, buffer->getBuffer(), reason);
    for (const auto &[line, findings] : lines) {
      std::set<llvm::StringRef> rules;
      for (size_t i : findings)
        rules.insert(report.findings[i].finding.rule->id);
      if (filePlan && filePlan->suppress(line, rules, edits))
        llvm::append_range(plan.suppressed, findings);
      else
        llvm::append_range(plan.impossible, findings);
    }
    if (edits.empty())
      continue;
    llvm::stable_sort(edits, [](const TextEdit &a, const TextEdit &b) { return a.offset < b.offset; });
    plan.edits.edits[file] = std::move(edits);
  }
  return plan;
}

} // namespace coroguard::cli
