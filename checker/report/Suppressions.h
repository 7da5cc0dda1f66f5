// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// NOLINT comments as data: reading them, and which of them no finding needed. clang-tidy's own code decides what they
// suppress (driver/UserFindings); this only says where they stand.
#pragma once

#include "checker/report/Report.h"

#include <map>
#include <set>

namespace coroguard::report {

/// One NOLINT… of a text.
struct Suppression {
  enum class Kind : uint8_t { Line, NextLine, Begin, End };
  Kind kind = Kind::Line;
  unsigned line = 0;              ///< 1-based
  unsigned begin = 0;             ///< offset of the word
  unsigned end = 0;               ///< offset behind the word and its list
  std::vector<std::string> rules; ///< what stands in its list, trimmed; empty without one
  bool hasList = false;
};

/// Every NOLINT… in `text`, in order. Like clang-tidy, looks at the text alone.
std::vector<Suppression> suppressionsIn(llvm::StringRef text);

/// What the units of a run saw and used, by absolute file.
struct SuppressionUse {
  struct File {
    std::set<unsigned> comments;                             ///< lines with a NOLINT the compiler came by
    std::set<std::pair<unsigned, std::string>> suppressed;   ///< line and rule of findings that were suppressed
    std::set<llvm::StringRef> rules;                         ///< that ran in a unit that holds the file
  };
  std::map<std::string, File> files;
};

/// A finding for each rule named by a comment that suppressed nothing although the rule ran, and for each name of ours
/// that no rule has; with a safe fix where the comment stands alone. Places are absolute.
std::vector<Finding> unusedSuppressions(const SuppressionUse &use, SourceText &sources);

/// What those findings are called. It is no rule of the catalogue: no check can make it, only a whole run.
const catalog::RuleInfo &unusedSuppressionRule();

/// A rule of the catalogue or the one above; null when there is none.
const catalog::RuleInfo *findRuleOrNote(llvm::StringRef id);

} // namespace coroguard::report
