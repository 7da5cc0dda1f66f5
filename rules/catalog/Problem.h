// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What is wrong with a catalogue file, as data: where, what, and what was probably meant. All problems of a file are
// collected; nothing is printed here.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace coroguard::catalog {

/// A position in a catalogue file, 1-based; line 0 means the file as a whole. Borrows the file's name.
struct Position {
  llvm::StringRef file;
  unsigned line = 0, column = 0;
};

struct Problem {
  std::string file;
  unsigned line = 0, column = 0;
  std::string message; ///< lower case, no full stop

  /// "file:line:column: message"; without a line "file: message".
  std::string text() const;
};

/// Collects problems in the order they are found.
class Problems {
public:
  void add(Position position, std::string message);
  bool empty() const { return problems_.empty(); }
  size_t size() const { return problems_.size(); }
  llvm::ArrayRef<Problem> all() const { return problems_; }
  /// Success when there are none, else a ProblemsError with all of them, ordered by position within each file.
  llvm::Error takeError();

private:
  std::vector<Problem> problems_;
};

/// Carries every problem of one or more files. llvm::toString() gives one per line.
class ProblemsError : public llvm::ErrorInfo<ProblemsError> {
public:
  static char ID;
  explicit ProblemsError(std::vector<Problem> problems) : problems_(std::move(problems)) {}
  llvm::ArrayRef<Problem> problems() const { return problems_; }
  void log(llvm::raw_ostream &out) const override;
  std::error_code convertToErrorCode() const override;

private:
  std::vector<Problem> problems_;
};

/// The candidate that `word` is most likely a misspelling of (edit distance at most 2, of long words a third of their
/// length, ignoring case and the difference of `-` and `_`), or empty.
llvm::StringRef nearest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates);

/// "; did you mean 'x'?" when there is a near candidate, else "; <listWord> are: a, b, c" (nothing when the list is
/// empty).
std::string suggestion(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates, llvm::StringRef listWord);

} // namespace coroguard::catalog
