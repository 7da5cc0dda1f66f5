// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The text of source files by line, for excerpts, fingerprints and column conversion. Reads each file once.
#pragma once

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

#include <memory>
#include <string>
#include <vector>

namespace llvm {
class MemoryBuffer;
}

namespace coroguard::report {

/// Line and 1-based byte column of a place in a file.
struct LineColumn {
  unsigned line = 0, column = 0;
};

class SourceText {
public:
  /// Relative names are looked up below `root`.
  explicit SourceText(std::string root);
  ~SourceText();

  /// The text of 1-based `line` without its line end; empty if there is no such line or file.
  llvm::StringRef line(llvm::StringRef file, unsigned line);
  bool hasLine(llvm::StringRef file, unsigned line);
  /// Where byte `offset` of `file` is; line 0 if it is not in it.
  LineColumn at(llvm::StringRef file, unsigned offset);
  /// Number of UTF-16 units before 1-based byte `column` of the line, plus one.
  unsigned utf16Column(llvm::StringRef file, unsigned line, unsigned column);
  /// The whole file; null when it cannot be read.
  const llvm::MemoryBuffer *whole(llvm::StringRef file);
  /// Gives `file` a text of its own instead of the disk's.
  void add(llvm::StringRef file, std::string text);

private:
  struct File {
    std::unique_ptr<llvm::MemoryBuffer> buffer;
    std::vector<unsigned> starts; ///< offset of each line
  };
  File &load(llvm::StringRef file);

  std::string root_;
  llvm::StringMap<File> files_;
};

} // namespace coroguard::report
