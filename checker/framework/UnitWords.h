// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The words a unit is written in, before it is parsed: from them a rule tells whether it could find anything at all.
#pragma once

#include "rules/catalog/ModelIndex.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

namespace coroguard {

/// The identifiers and keywords of a unit, of every file it may include and of its command line, whatever conditional
/// compilation leaves of them. Comments and string literals do not count, nor do the standard library's own headers:
/// to make anything async of what they hold, other files have to name it. Case does not count.
class UnitWords {
public:
  virtual ~UnitWords() = default;

  virtual bool has(llvm::StringRef word) const = 0;
  /// Does `wanted` hold for one of the words (lower case)?
  virtual bool hasLike(llvm::function_ref<bool(llvm::StringRef)> wanted) const = 0;

  bool hasAny(std::initializer_list<llvm::StringRef> words) const;
  bool hasPart(llvm::StringRef part) const;
};

/// The words without which there is no coroutine, promise, awaiter or function promised not to block, in lower case.
llvm::ArrayRef<llvm::StringLiteral> asyncWords();

/// Could the unit have a coroutine, a task, a loop or a callback of one? It holds one of asyncWords(), or all parts of
/// the qualified name of something that is async by itself in the models.
bool mayBeAsync(const UnitWords &words, const catalog::ModelIndex &models);

} // namespace coroguard
