// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Suppression files: one per line, `kind:pattern`, `*` matches anything, `#` starts a comment. Kinds:
//   function:NAME            the call by that name, anywhere
//   caller:CALLER -> NAME    that call when CALLER makes it (the user's function)
//   module:PATH              anything called directly from that library or program
//   stack:NAME               anything with that function on its stack
#pragma once

#include "runtime/export/run_report.h"

#include <string>
#include <vector>

namespace coroguard::run {

class suppressions {
public:
  /// Reads a file; problems are `file:line: what` texts, and nothing is suppressed then.
  std::vector<std::string> read(const std::string &path);
  /// True if the finding is silenced; counts the use.
  bool match(const finding &f);
  const std::vector<suppression_use> &uses() const { return uses_; }

private:
  enum class kind { function, caller, module, stack };
  struct entry {
    kind what;
    std::string pattern, callee;
  };
  static bool matches(const entry &e, const finding &f);
  std::vector<entry> entries_;
  std::vector<suppression_use> uses_;
};

/// Shell-like: `*` any text, everything else literal.
bool wildcard_match(std::string_view pattern, std::string_view text);

} // namespace coroguard::run
