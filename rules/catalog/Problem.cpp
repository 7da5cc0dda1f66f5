// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Texts and order of catalogue problems, and the "did you mean".
#include "rules/catalog/Problem.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <algorithm>
#include <tuple>

namespace coroguard::catalog {

char ProblemsError::ID = 0;

std::string Problem::text() const {
  if (line == 0) return file + ": " + message;
  return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": " + message;
}

void Problems::add(Position position, std::string message) {
  problems_.push_back({position.file.str(), position.line, position.column, std::move(message)});
}

llvm::Error Problems::takeError() {
  if (problems_.empty()) return llvm::Error::success();
  // Files stay in the order they were read; within a file people read from the top.
  std::vector<std::string> files;
  std::vector<std::tuple<size_t, unsigned, unsigned, size_t>> order;
  for (size_t i = 0; i < problems_.size(); ++i) {
    const Problem &problem = problems_[i];
    auto file = std::find(files.begin(), files.end(), problem.file);
    if (file == files.end()) file = files.insert(files.end(), problem.file);
    order.emplace_back(file - files.begin(), problem.line, problem.column, i);
  }
  std::sort(order.begin(), order.end());
  std::vector<Problem> sorted;
  for (const auto &[file, line, column, index] : order)
    sorted.push_back(std::move(problems_[index]));
  problems_.clear();
  return llvm::make_error<ProblemsError>(std::move(sorted));
}

void ProblemsError::log(llvm::raw_ostream &out) const {
  llvm::ListSeparator newline("\n");
  for (const Problem &problem : problems_)
    out << newline << problem.text();
}

std::error_code ProblemsError::convertToErrorCode() const {
  return std::make_error_code(std::errc::invalid_argument);
}

namespace {
std::string folded(llvm::StringRef word) {
  std::string result = word.lower();
  std::replace(result.begin(), result.end(), '-', '_');
  return result;
}
} // namespace

llvm::StringRef nearest(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates) {
  const std::string wanted = folded(word);
  // Two edits make a transposition; of very short words nothing would be left.
  const unsigned limit = wanted.size() < 4 ? 1 : std::max<unsigned>(2, wanted.size() / 3);
  unsigned best = limit + 1;
  llvm::StringRef result;
  for (llvm::StringRef candidate : candidates) {
    unsigned distance = llvm::StringRef(wanted).edit_distance(folded(candidate), /*AllowReplacements=*/true, limit);
    if (distance < best && distance < candidate.size()) {
      best = distance;
      result = candidate;
    }
  }
  return result;
}

std::string suggestion(llvm::StringRef word, llvm::ArrayRef<llvm::StringRef> candidates, llvm::StringRef listWord) {
  if (llvm::StringRef near = nearest(word, candidates); !near.empty()) return "; did you mean '" + near.str() + "'?";
  if (candidates.empty()) return "";
  return "; " + listWord.str() + ": " + llvm::join(candidates, ", ");
}

} // namespace coroguard::catalog
