// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Tells units in which no rule can find anything from those that have to be parsed, by their words alone.
#pragma once

#include "checker/driver/Configuration.h"
#include "checker/driver/SourceFiles.h"
#include "checker/framework/RuleCheck.h"

namespace coroguard::driver {

/// Not thread-safe.
class Prefilter {
public:
  explicit Prefilter(SourceFiles &files);
  ~Prefilter();

  /// False only if none of the unit's rules could find anything in it (RuleCheck::mayFire), and neither an include that
  /// exists nowhere nor a bracket without its twin says that it does not compile: broken code must not look like clean
  /// code.
  bool mayMatter(const UnitSource &unit);

private:
  class Words;
  struct Rules;
  const Rules &rulesOf(const FileConfiguration &configuration);

  SourceFiles &files_;
  std::map<const FileConfiguration *, std::unique_ptr<Rules>> rules_;
  std::vector<unsigned> seenWords_; ///< by number: the last unit in which it was met
  unsigned unit_ = 0;
};

} // namespace coroguard::driver
