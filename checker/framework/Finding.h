// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A finding as plain data: what rules produce and what every report emitter reads. Knows nothing of Clang.
#pragma once

#include "rules/catalog/Catalog.h"

#include <string>
#include <vector>

namespace coroguard {

/// A range in a file, 1-based; columns count bytes. `endColumn` is one past the last byte.
struct Place {
  std::string file; ///< as the compiler named it; reports make it root-relative
  unsigned line = 0, column = 0, endLine = 0, endColumn = 0;
};

/// One ordered step of the proof: created here, suspended here, used here.
struct EvidenceStep {
  Place place;
  std::string message;
};

/// Replace `length` bytes at `offset` of `file`.
struct TextEdit {
  std::string file;
  unsigned offset = 0, length = 0;
  std::string replacement;
};

struct Fix {
  std::string description;
  catalog::FixKind kind = catalog::FixKind::Unsafe;
  std::vector<TextEdit> edits;
};

struct Finding {
  const catalog::RuleInfo *rule = nullptr; ///< static storage, never null in a report
  catalog::Severity severity = catalog::Severity::Warning;
  catalog::Precision precision = catalog::Precision::High;
  std::string message; ///< lower case, no full stop, names the entity
  std::string cure;    ///< imperative, in the user's library
  Place place;
  std::string symbol;  ///< qualified name of the enclosing function, for fingerprints
  std::vector<EvidenceStep> evidence;
  std::vector<Fix> fixes;
};

/// Takes findings as rules make them. Called on the thread that analyses the unit.
class FindingSink {
public:
  virtual ~FindingSink() = default;
  virtual void add(Finding finding) = 0;
};

} // namespace coroguard
