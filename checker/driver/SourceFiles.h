// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What source files say by their text alone: their words, and which files they may include. No preprocessor runs, so
// there is always too much (what is compiled out) rather than too little.
#pragma once

#include "checker/driver/Folders.h"
#include "checker/driver/SearchPath.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace coroguard::driver {

struct FileConfiguration;

/// A unit before it is parsed. Points to what the run owns.
struct UnitSource {
  std::string file; ///< absolute
  llvm::ArrayRef<std::string> arguments;
  const SearchPath *search = nullptr;
  const FileConfiguration *configuration = nullptr;
};

struct IncludeLine {
  std::string name;
  bool quoted = false;
  bool certain = false; ///< no condition but the file's own guard stands around it
};

/// The text of one file.
struct SourceText {
  std::vector<IncludeLine> includes;
  size_t leading = 0;    ///< so many of them come before anything else
  bool computed = false; ///< includes something whose name only the preprocessor knows
  bool guarded = false;  ///< including it again does nothing
  bool async = false;    ///< holds one of asyncWords()
  bool redefines = false; ///< defines a macro that may change the standard library
  bool balanced = true;  ///< every bracket that is opened is closed, and the other way round
  size_t bytes = 0;
  std::vector<unsigned> words; ///< their numbers, each once
};

/// Every file that units of this run may include. Reads each once and remembers all. Not thread-safe.
class SourceFiles {
public:
  using File = unsigned; ///< numbers, in the order in which files are met

  SourceFiles();

  File file(llvm::StringRef path);
  llvm::StringRef path(File file) const { return paths_[file]; }
  size_t count() const { return paths_.size(); }
  const SourceText &text(File file);

  /// The files that an include in `folder` may mean: every folder of `search` in which there is one, the one that a
  /// compiler would take first. Empty if there is none.
  llvm::ArrayRef<File> meant(const IncludeLine &line, llvm::StringRef folder, const SearchPath &search);
  /// Of the standard library or the compiler, as far as `search` tells.
  static bool isStandard(llvm::StringRef path, const SearchPath &search);
  /// From a folder of the system, or one that was given as such.
  static bool isSystem(llvm::StringRef path, const SearchPath &search);

  struct Includes {
    std::vector<File> files;
    bool missing = false; ///< an include that is certain to be reached exists nowhere
  };
  /// What `file` may include directly. Headers of the standard library count as including nothing.
  const Includes &includes(File file, const SearchPath &search);
  /// Calls `visit` for each of `from` and for every file they may include, directly or not, each once, until it says
  /// false; then the answer is false, too. Headers of the standard library are visited, but not looked into.
  bool walk(std::vector<File> from, const SearchPath &search, llvm::function_ref<bool(File, bool standard)> visit);

  /// Words are in lower case; one that is followed by `(` counts with it as well: `run` and `run(`.
  llvm::StringRef word(unsigned number) const { return words_[number]; }
  size_t wordCount() const { return words_.size(); }
  /// ~0u if no file read so far holds it.
  unsigned wordNumber(llvm::StringRef word) const;
  /// Adds the words of `text` to `into`.
  void addWords(llvm::StringRef text, std::vector<unsigned> &into);

private:
  unsigned intern(llvm::StringRef word);

  Folders folders_;
  std::deque<std::string> paths_;
  llvm::StringMap<File> files_;
  std::deque<std::unique_ptr<SourceText>> texts_;
  llvm::StringMap<unsigned> wordNumbers_;
  std::vector<llvm::StringRef> words_;
  size_t asyncWords_ = 0; ///< these come first
  std::map<const SearchPath *, llvm::StringMap<llvm::SmallVector<File, 2>>> found_;
  std::map<std::pair<const SearchPath *, File>, Includes> includes_;
  std::vector<unsigned> walked_; ///< by file: the last walk that met it
  unsigned walk_ = 0;
};

} // namespace coroguard::driver
