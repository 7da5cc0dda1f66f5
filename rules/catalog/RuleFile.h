// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads rules/<name>/rule.yaml.
#pragma once

#include "rules/catalog/Catalog.h"
#include "rules/catalog/Problem.h"

#include "llvm/Support/Allocator.h"
#include "llvm/Support/MemoryBufferRef.h"

#include <memory>

namespace coroguard::catalog {

/// A text that must name something of another file.
struct Mention {
  StringRef text;
  Position position;
};

/// One rule and the memory of all its texts. Movable; `info()` stays valid as long as this lives.
class ParsedRule {
public:
  const RuleInfo &info() const { return *info_; }
  /// Where the id is written.
  Position position() const { return position_; }
  /// Matcher for stock clang-tidy, or empty.
  StringRef query() const { return query_; }
  /// Names under `related`; checkReferences() resolves them.
  ArrayRef<Mention> related() const { return related_; }
  /// Names under `yields_to`; checkReferences() resolves them.
  ArrayRef<Mention> yieldsTo() const { return yieldsTo_; }

private:
  friend class RuleFileReader;
  std::unique_ptr<llvm::BumpPtrAllocator> arena_ = std::make_unique<llvm::BumpPtrAllocator>();
  const RuleInfo *info_ = nullptr;
  Position position_;
  StringRef query_;
  std::vector<Mention> related_, yieldsTo_;
};

/// Parses a rule. The buffer's identifier is the file's path; when it ends in `<folder>/rule.yaml`, the id must be
/// `async-<folder>`. `page` (the README) is copied into the rule. The error is a ProblemsError with every problem.
llvm::Expected<ParsedRule> parseRule(llvm::MemoryBufferRef buffer, StringRef page = "");
/// The same from a file; the page is README.md beside it, empty while there is none (a test asks for it).
llvm::Expected<ParsedRule> readRule(StringRef path);

/// The placeholders of a message in the order of their first appearance: {callee} → "callee".
std::vector<StringRef> placeholdersOf(StringRef message);

} // namespace coroguard::catalog
