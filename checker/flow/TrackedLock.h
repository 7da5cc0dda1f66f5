// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One lock on its way through a body: what names it, and what conditions tell about it.
#pragma once

#include "checker/flow/AccessPath.h"
#include "checker/flow/LockTypes.h"
#include "checker/flow/PathWalk.h"

#include <string>

namespace coroguard {

/// One guard, or one mutex or member guard that is locked by hand.
struct TrackedLock {
  /// In which it is at some place of a way.
  enum Phase : unsigned { Free, Held, Tried };

  const clang::VarDecl *guard = nullptr;
  AccessPath path;
  std::string name;
  const clang::ASTContext *context = nullptr;

  bool isIt(const clang::Expr *expr) const { return expr && AccessPath::of(expr, *context) == path; }
  /// With `types`, a guard that only leads to what it guards does not count.
  bool isIn(const clang::Stmt *tree, TaskTypes *types = nullptr) const {
    return anyDescendant(tree, [&](const clang::Stmt *node) {
      const auto *expr = llvm::dyn_cast<clang::Expr>(node);
      return expr && llvm::isa<clang::DeclRefExpr, clang::MemberExpr>(expr) && isIt(expr) && !(types && guard && isFollowed(expr, tree, *types));
    });
  }
  bool isAmong(const clang::CallExpr *call) const {
    return llvm::any_of(call->arguments(), [&](const clang::Expr *argument) { return isIt(argument); });
  }

  /// `Unlock unlock(mutex);`, of the mutex or the guard of it.
  bool isReversedBy(const clang::VarDecl *variable) const;

  /// `if (lock)`, `if (!lock.owns_lock())`, `if (m.try_lock())`, `if (std::try_lock(m, n) == -1)`, `if (taken)`.
  void take(const FlowEdge &edge, const Body &body, PathFact &fact) const;
};

/// `std::lock(…)`, no member of a class of std's.
bool isStdFunction(const clang::CallExpr *call, llvm::StringRef name);

} // namespace coroguard
