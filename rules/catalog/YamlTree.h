// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A YAML document as a tree whose nodes know their place in the file. Only the subset the catalogue needs: one
// document, no anchors, aliases or tags. Knows nothing of rules or models.
#pragma once

#include "rules/catalog/Problem.h"

#include "llvm/Support/Allocator.h"
#include "llvm/Support/MemoryBufferRef.h"

namespace coroguard::catalog {

struct YamlEntry;

struct YamlNode {
  enum class Kind : uint8_t { Null, Scalar, Map, List };
  Kind kind = Kind::Null;
  /// Written with quotes or as a block: never true, false or a number.
  bool quoted = false;
  /// The text follows at `position` byte by byte, so that a place inside it can be named.
  bool verbatim = false;
  Position position;
  llvm::StringRef text;                   ///< of a scalar
  llvm::ArrayRef<YamlEntry> entries;      ///< of a map, in the file's order, duplicates included
  llvm::ArrayRef<const YamlNode *> items; ///< of a list

  /// The place of byte `offset` of the text; the start of the node when it cannot be told.
  Position at(size_t offset) const;
  /// "a text", "a list", "a map", "nothing".
  llvm::StringRef kindName() const;
};

struct YamlEntry {
  const YamlNode *key;
  const YamlNode *value;
};

/// Parses `buffer`. Nodes and all their texts live in `arena`; null when there was a syntax error (in `problems`).
const YamlNode *parseYaml(llvm::MemoryBufferRef buffer, llvm::BumpPtrAllocator &arena, Problems &problems);

} // namespace coroguard::catalog
