// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What changed, by git.
#include "checker/cli/ChangedLines.h"

#include "checker/driver/IncludeClosure.h"
#include "checker/report/Report.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

#include <climits>

namespace coroguard::cli {

namespace fs = llvm::sys::fs;

/// Standard output of `git arguments…`; the error is the first line of what git said, and `cure`.
static llvm::Expected<std::string> git(llvm::StringRef root, llvm::ArrayRef<llvm::StringRef> arguments, const llvm::Twine &cure) {
  auto program = llvm::sys::findProgramByName("git");
  if (!program)
    return llvm::createStringError("--diff needs git, which is not installed");
  llvm::SmallString<128> output, errors;
  if (fs::createTemporaryFile("coroguard", "diff", output) || fs::createTemporaryFile("coroguard", "log", errors))
    return llvm::createStringError("--diff: cannot write temporary files");
  llvm::FileRemover removeOutput(output), removeErrors(errors);
  std::vector<llvm::StringRef> words{"git", "-C", root};
  llvm::append_range(words, arguments);
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), output.str(), errors.str()};
  int status = llvm::sys::ExecuteAndWait(*program, words, std::nullopt, redirects);
  auto said = llvm::MemoryBuffer::getFile(status == 0 ? output : errors);
  std::string text = said ? (*said)->getBuffer().str() : std::string();
  if (status == 0)
    return text;
  return llvm::createStringError("--diff: git says: " + llvm::StringRef(text).split('\n').first + "; " + cure);
}

/// Reads `+++ b/FILE` and `@@ -a,b +c,d @@` of a diff without context.
llvm::Error ChangedLines::readDiff(llvm::StringRef diff) {
  std::vector<Range> *ranges = nullptr;
  for (llvm::StringRef line : llvm::split(diff, '\n')) {
    if (line.consume_front("+++ ")) {
      line.consume_front("b/");
      ranges = line == "/dev/null" ? nullptr : &files_[line.rtrim('\t')];
    } else if (ranges && line.consume_front("@@ ")) {
      llvm::StringRef added = line.split('+').second.split(' ').first;
      auto [start, count] = added.split(',');
      unsigned first = 0, lines = 1;
      if (start.getAsInteger(10, first) || (!count.empty() && count.getAsInteger(10, lines)))
        return llvm::createStringError("--diff: cannot read git's answer: @@ " + line);
      if (lines > 0)
        ranges->push_back({first, first + lines - 1});
    }
  }
  return llvm::Error::success();
}

llvm::Expected<ChangedLines> ChangedLines::since(llvm::StringRef revision, llvm::StringRef root) {
  ChangedLines changed;
  changed.root_ = root.str();
  // `git diff` itself would go on to compare folders.
  auto inside = git(root, {"rev-parse", "--is-inside-work-tree"}, "'" + root + "' has to be in a git work tree; --root names another folder");
  if (!inside)
    return inside.takeError();
  auto diff = git(root, {"-c", "core.quotePath=off", "diff", "--unified=0", "--no-color", "--no-ext-diff", "--no-renames",
                         "--relative", "--src-prefix=a/", "--dst-prefix=b/", "--end-of-options", revision, "--"},
                  "name a commit, branch or tag of '" + root + "'");
  if (!diff)
    return diff.takeError();
  if (llvm::Error error = changed.readDiff(*diff))
    return error;
  auto unknown = git(root, {"-c", "core.quotePath=off", "ls-files", "--others", "--exclude-standard"},
                     "look at 'git status' in '" + root + "'");
  if (!unknown)
    return unknown.takeError();
  for (llvm::StringRef file : llvm::split(*unknown, '\n'))
    if (!file.empty())
      changed.files_[file] = {{1, UINT_MAX}};
  return changed;
}

bool ChangedLines::touches(const Place &place) const {
  auto file = files_.find(place.file);
  if (file == files_.end())
    return false;
  unsigned last = std::max(place.line, place.endLine);
  return llvm::any_of(file->second, [&](const Range &range) { return range.first <= last && place.line <= range.second; });
}

void ChangedLines::keepAffected(std::vector<driver::CompileCommand> &units) const {
  llvm::StringSet<> files;
  for (const auto &file : files_)
    files.insert(driver::realPath((root_ + "/" + file.getKey()).str()));
  driver::IncludeClosure closure;
  llvm::erase_if(units, [&](const driver::CompileCommand &unit) { return !closure.reaches(unit, files); });
}

} // namespace coroguard::cli
