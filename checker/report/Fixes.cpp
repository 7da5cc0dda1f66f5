// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Choosing, applying and showing fixes.
#include "checker/report/Fixes.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>

namespace coroguard::report {
namespace {

bool same(const TextEdit &a, const TextEdit &b) {
  return a.offset == b.offset && a.length == b.length && a.replacement == b.replacement;
}

/// Two insertions at one place overlap, too: their order would be a guess.
bool overlap(const TextEdit &a, const TextEdit &b) {
  return a.offset < b.offset + std::max(b.length, 1u) && b.offset < a.offset + std::max(a.length, 1u);
}

/// Whether `fix` can stand beside what was accepted.
bool fits(const Fix &fix, const FixPlan &plan) {
  for (const TextEdit &edit : fix.edits) {
    auto accepted = plan.edits.find(edit.file);
    if (accepted == plan.edits.end())
      continue;
    for (const TextEdit &other : accepted->second)
      if (overlap(edit, other) && !same(edit, other))
        return false;
  }
  return true;
}

void accept(const Fix &fix, FixPlan &plan) {
  for (const TextEdit &edit : fix.edits) {
    std::vector<TextEdit> &edits = plan.edits[edit.file];
    auto at = std::lower_bound(edits.begin(), edits.end(), edit,
                               [](const TextEdit &a, const TextEdit &b) { return a.offset < b.offset; });
    if (at == edits.end() || !same(*at, edit))
      edits.insert(at, edit);
  }
}

/// Lines [begin, end) of the old text, 0-based, and what they become.
struct Change {
  unsigned begin, end;
  std::string text;
};

std::vector<llvm::StringRef> linesOf(llvm::StringRef text) {
  std::vector<llvm::StringRef> lines;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size() - 1);
    lines.push_back(text.take_front(end + 1));
    text = text.drop_front(end + 1);
  }
  return lines;
}

/// Without the lines that stay: a line put above another one does not touch that.
Change trimmed(Change change, llvm::ArrayRef<llvm::StringRef> lines) {
  llvm::StringRef rest = change.text;
  while (change.begin < change.end && lines[change.begin].ends_with("\n") && rest.consume_front(lines[change.begin]))
    ++change.begin;
  while (change.begin < change.end && rest.ends_with(lines[change.end - 1])) {
    llvm::StringRef before = rest.drop_back(lines[change.end - 1].size());
    if (!before.empty() && !before.ends_with("\n"))
      break;
    rest = before;
    --change.end;
  }
  change.text = rest.str();
  return change;
}

/// Whole lines that change; edits on the same line are one change.
std::vector<Change> changesOf(const std::vector<TextEdit> &edits, llvm::StringRef text, llvm::ArrayRef<llvm::StringRef> lines) {
  std::vector<unsigned> starts{0};
  for (llvm::StringRef line : lines)
    starts.push_back(starts.back() + line.size());
  auto lineAt = [&](unsigned offset) {
    return static_cast<unsigned>(std::upper_bound(starts.begin(), std::prev(starts.end()), offset) - starts.begin()) - 1;
  };
  std::vector<Change> changes;
  std::vector<TextEdit> pending;
  auto finish = [&] {
    if (pending.empty())
      return;
    unsigned begin = lineAt(pending.front().offset), end = lineAt(pending.back().offset + pending.back().length) + 1;
    end = std::min<unsigned>(end, lines.size());
    unsigned from = starts[begin], to = starts[end];
    for (TextEdit &edit : pending)
      edit.offset -= from;
    std::string replaced;
    if (editedText(pending, text.slice(from, to), replaced))
      changes.push_back(trimmed({begin, end, std::move(replaced)}, lines));
    pending.clear();
  };
  for (const TextEdit &edit : edits) {
    if (!pending.empty() && lineAt(edit.offset) > lineAt(pending.back().offset + pending.back().length))
      finish();
    pending.push_back(edit);
  }
  finish();
  return changes;
}

void writeLines(char mark, llvm::ArrayRef<llvm::StringRef> lines, llvm::raw_ostream &out) {
  for (llvm::StringRef line : lines) {
    out << mark << line;
    if (!line.ends_with("\n"))
      out << "\n\\ No newline at end of file\n";
  }
}

/// One hunk: changes less than two contexts apart, with three lines around them.
void writeHunk(llvm::ArrayRef<Change> changes, llvm::ArrayRef<llvm::StringRef> lines, int &shift, llvm::raw_ostream &out) {
  constexpr unsigned context = 3;
  unsigned begin = changes.front().begin - std::min(context, changes.front().begin);
  unsigned end = std::min<unsigned>(changes.back().end + context, lines.size());
  int growth = 0;
  for (const Change &change : changes)
    growth += static_cast<int>(linesOf(change.text).size()) - static_cast<int>(change.end - change.begin);
  out << llvm::formatv("@@ -{0},{1} +{2},{3} @@\n", begin + 1, end - begin, static_cast<int>(begin) + 1 + shift,
                       static_cast<int>(end - begin) + growth);
  unsigned at = begin;
  for (const Change &change : changes) {
    writeLines(' ', lines.slice(at, change.begin - at), out);
    writeLines('-', lines.slice(change.begin, change.end - change.begin), out);
    writeLines('+', linesOf(change.text), out);
    at = change.end;
  }
  writeLines(' ', lines.slice(at, end - at), out);
  shift += growth;
}

} // namespace

FixPlan planFixes(const Report &report, bool unsafeToo) {
  FixPlan plan;
  for (size_t i = 0; i < report.findings.size(); ++i) {
    const std::vector<Fix> &fixes = report.findings[i].finding.fixes;
    auto fix = std::find_if(fixes.begin(), fixes.end(), [&](const Fix &candidate) {
      return candidate.kind == catalog::FixKind::Safe || (unsafeToo && candidate.kind == catalog::FixKind::Unsafe);
    });
    if (fix == fixes.end() || fix->edits.empty())
      continue;
    if (!fits(*fix, plan)) {
      plan.conflicts.push_back(i);
      continue;
    }
    accept(*fix, plan);
    plan.fixed.push_back(i);
  }
  return plan;
}

bool editedText(const std::vector<TextEdit> &edits, llvm::StringRef original, std::string &result) {
  result.clear();
  size_t at = 0;
  for (const TextEdit &edit : edits) {
    if (edit.offset < at || edit.offset + edit.length > original.size())
      return false;
    result += original.slice(at, edit.offset);
    result += edit.replacement;
    at = edit.offset + edit.length;
  }
  result += original.substr(at);
  return true;
}

void writeDiff(const FixPlan &plan, SourceText &sources, llvm::raw_ostream &out) {
  for (const auto &[file, edits] : plan.edits) {
    const llvm::MemoryBuffer *buffer = sources.whole(file);
    if (!buffer)
      continue;
    std::vector<llvm::StringRef> lines = linesOf(buffer->getBuffer());
    std::vector<Change> changes = changesOf(edits, buffer->getBuffer(), lines);
    out << "--- a/" << file << "\n+++ b/" << file << '\n';
    int shift = 0;
    for (size_t i = 0; i < changes.size();) {
      size_t end = i + 1;
      while (end < changes.size() && changes[end].begin < changes[end - 1].end + 6)
        ++end;
      writeHunk(llvm::ArrayRef<Change>(changes).slice(i, end - i), lines, shift, out);
      i = end;
    }
  }
}

} // namespace coroguard::report
