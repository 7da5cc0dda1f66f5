// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading NOLINT comments, and judging them.
#include "checker/report/Suppressions.h"

#include "checker/report/SourceText.h"
#include "rules/catalog/Problem.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"

namespace coroguard::report {
namespace {

using Kind = Suppression::Kind;

constexpr llvm::StringLiteral page = R"(# Unused suppression

A `NOLINT` comment says: there is a finding here, and it is meant. When the finding is gone, because the code or the rule has
changed, the comment hides the next one, which nobody has looked at.

`coroguard check --report-unused-suppressions` reports

- each `async-…` named in a `NOLINT`, `NOLINTNEXTLINE` or `NOLINTBEGIN` for which nothing was suppressed,
- each name that begins with `async-` and is no rule's.

It speaks of a comment only if the compiler came by it (not of code that is compiled out), if all the rules it names ran, and if
each unit that holds it compiled. A comment without a list, or with `*`, may be for another tool and is left alone. With paths on
the command line only comments in the named units are judged, because other units may need those in headers. Every unit is
parsed in full, so it takes longer than a plain run.

`--fix` takes the comment away, or the name out of its list.
)";

bool matches(llvm::StringRef glob, llvm::StringRef rule) {
  llvm::Expected<llvm::GlobPattern> pattern = llvm::GlobPattern::create(glob);
  if (pattern)
    return pattern->match(rule);
  llvm::consumeError(pattern.takeError());
  return false;
}

Kind kindOf(llvm::StringRef &rest) {
  if (rest.consume_front("NEXTLINE"))
    return Kind::NextLine;
  if (rest.consume_front("BEGIN"))
    return Kind::Begin;
  return rest.consume_front("END") ? Kind::End : Kind::Line;
}

/// The last line that `begin` reaches: that of the END with the same list.
unsigned endOfBlock(llvm::ArrayRef<Suppression> rest, const Suppression &begin) {
  unsigned depth = 0;
  for (const Suppression &other : rest) {
    if (other.rules != begin.rules)
      continue;
    if (other.kind == Kind::Begin)
      ++depth;
    else if (other.kind == Kind::End && depth-- == 0)
      return other.line;
  }
  return begin.line;
}

/// A comment's rule that suppressed nothing, as an edit of the text, if that is simple.
class Judge {
public:
  Judge(const std::string &file, const SuppressionUse::File &use, llvm::StringRef text, std::vector<Finding> &findings)
      : file_(file), use_(use), text_(text), all_(suppressionsIn(text)), findings_(findings) {}

  void run() {
    for (size_t i = 0; i < all_.size(); ++i)
      if (all_[i].kind != Kind::End && use_.comments.count(all_[i].line))
        judge(all_[i], all_[i].kind == Kind::Begin ? endOfBlock(llvm::ArrayRef(all_).drop_front(i + 1), all_[i]) : 0);
  }

private:
  void judge(const Suppression &comment, unsigned blockEnd) {
    unsigned first = comment.line + (comment.kind == Kind::NextLine);
    unsigned last = comment.kind == Kind::Begin ? blockEnd : first;
    std::vector<std::string> unused;
    for (const std::string &name : comment.rules)
      if (llvm::StringRef(name).starts_with("async-") && isUnused(name, first, last))
        unused.push_back(name);
    for (const std::string &name : unused)
      report(comment, name, unused.size() == comment.rules.size());
  }

  bool isUnused(llvm::StringRef name, unsigned first, unsigned last) const {
    for (const auto &[line, rule] : use_.suppressed)
      if (line >= first && line <= last && matches(name, rule))
        return false;
    return llvm::all_of(catalog::builtinRules(), [&](const catalog::RuleInfo &rule) {
      return !matches(name, rule.id) || use_.rules.count(rule.id);
    });
  }

  void report(const Suppression &comment, const std::string &name, bool whole) {
    Finding finding;
    finding.rule = &unusedSuppressionRule();
    finding.severity = finding.rule->severity;
    finding.precision = finding.rule->precision;
    auto isNamed = [&](const catalog::RuleInfo &rule) { return matches(name, rule.id); };
    if (llvm::any_of(catalog::builtinRules(), isNamed)) {
      finding.message = "this comment suppresses '" + name + "' but there is no such finding";
      finding.cure = whole ? "remove the comment" : "take '" + name + "' out of its list";
    } else {
      std::vector<llvm::StringRef> ids;
      for (const catalog::RuleInfo &rule : catalog::builtinRules())
        ids.push_back(rule.id);
      llvm::StringRef near = catalog::nearest(name, ids);
      finding.message = "this comment suppresses '" + name + "', which is no rule";
      finding.cure = near.empty() ? "remove the name; 'coroguard rules' lists the rules" : "write '" + near.str() + "'";
      whole = false;
    }
    size_t start = text_.rfind('\n', comment.begin);
    unsigned column = comment.begin - (start == llvm::StringRef::npos ? 0 : start + 1) + 1;
    finding.place = {file_, comment.line, column, comment.line, column + comment.end - comment.begin};
    if (whole && comment.kind != Kind::Begin)
      addRemoval(comment, finding);
    findings_.push_back(std::move(finding));
  }

  /// Takes a `//` comment away that begins with the NOLINT, and its line if nothing else is on it.
  void addRemoval(const Suppression &comment, Finding &finding) const {
    llvm::StringRef before = text_.take_front(comment.begin).rtrim(" \t");
    if (!before.consume_back("//"))
      return;
    size_t end = text_.find('\n', comment.end);
    if (end == llvm::StringRef::npos)
      end = text_.size();
    llvm::StringRef code = before.rtrim(" \t");
    size_t begin = code.size();
    bool alone = code.empty() || code.ends_with("\n");
    if (!alone && end > 0 && text_[end - 1] == '\r')
      --end;
    end += alone && end < text_.size(); // the line with its end
    unsigned length = static_cast<unsigned>(end - begin);
    finding.fixes.push_back({"remove the comment", catalog::FixKind::Safe, {{file_, static_cast<unsigned>(begin), length, ""}}});
  }

  const std::string &file_;
  const SuppressionUse::File &use_;
  llvm::StringRef text_;
  std::vector<Suppression> all_;
  std::vector<Finding> &findings_;
};

} // namespace

std::vector<Suppression> suppressionsIn(llvm::StringRef text) {
  std::vector<Suppression> found;
  unsigned line = 1;
  size_t counted = 0;
  for (size_t at = text.find("NOLINT"); at != llvm::StringRef::npos; at = text.find("NOLINT", at)) {
    Suppression one;
    line += text.slice(counted, at).count('\n');
    counted = at;
    one.line = line;
    one.begin = at;
    llvm::StringRef rest = text.drop_front(at + 6);
    one.kind = kindOf(rest);
    size_t close = rest.find_first_of(")\n");
    if (rest.starts_with("(") && close != llvm::StringRef::npos && rest[close] == ')') {
      one.hasList = true;
      for (llvm::StringRef rule : llvm::split(rest.slice(1, close), ','))
        if (!rule.trim().empty())
          one.rules.push_back(rule.trim().str());
      rest = rest.drop_front(close + 1);
    }
    at = one.end = text.size() - rest.size();
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<Finding> unusedSuppressions(const SuppressionUse &use, SourceText &sources) {
  std::vector<Finding> findings;
  for (const auto &[file, seen] : use.files)
    if (const llvm::MemoryBuffer *buffer = seen.comments.empty() ? nullptr : sources.whole(file))
      Judge(file, seen, buffer->getBuffer(), findings).run();
  return findings;
}

const catalog::RuleInfo &unusedSuppressionRule() {
  static const catalog::RuleInfo rule = [] {
    catalog::RuleInfo info{};
    info.id = info.name = "unused-suppression";
    info.summary = "a NOLINT comment names a rule that finds nothing there";
    info.help = "remove the comment, or the name from its list";
    info.category = "mistakes";
    info.severity = catalog::Severity::Warning;
    info.precision = catalog::Precision::VeryHigh;
    info.profile = catalog::Profile::Strict;
    info.fix = catalog::FixKind::Safe;
    info.status = catalog::RuleStatus::Stable;
    info.since = "0.1";
    info.page = page;
    return info;
  }();
  return rule;
}

const catalog::RuleInfo *findRuleOrNote(llvm::StringRef id) {
  return id == unusedSuppressionRule().id ? &unusedSuppressionRule() : catalog::findRule(id);
}

} // namespace coroguard::report
