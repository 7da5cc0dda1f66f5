// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whose threads does an object bring: those of a pool, on which work may block, or those of an event loop?
#pragma once

#include "checker/semantics/TaskTypes.h"

#include "llvm/ADT/DenseMap.h"

namespace coroguard {

/// Answers by pack, then by what the class holds, then by how it is named and constructed. In doubt a class owns threads:
/// what is handed to it is then not judged.
class ThreadOwners {
public:
  explicit ThreadOwners(TaskTypes &types) : types_(types) {}

  /// A thread, a pool, an executor of a pool, or an object that runs threads of its own. Looks through pointers,
  /// references, smart pointers and wrappers.
  bool owns(clang::QualType type);
  /// As owns(), for what the expression is made from: `&pool`, `pool.get_executor()`, a variable that holds one of them.
  bool ownsValue(const clang::Expr *expr);
  /// An event loop, its executor or scheduler.
  bool isLoop(clang::QualType type);

private:
  bool infer(const clang::CXXRecordDecl *record);
  bool holdsThread(clang::QualType type);
  bool hasRoleThrough(clang::QualType type, catalog::TypeRole role, int depth = 0);

  TaskTypes &types_;
  llvm::DenseMap<const clang::CXXRecordDecl *, bool> known_;
};

} // namespace coroguard
