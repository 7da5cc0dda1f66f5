// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Does one await or yield of a body suspend it, and where does it go on?
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/TaskTypes.h"

#include "clang/AST/ExprCXX.h"

namespace coroguard {

/// As far as the type of its awaiter tells.
inline Suspends suspendsAt(const clang::CoroutineSuspendExpr *suspension, TaskTypes &types) {
  const clang::Expr *awaiter = suspension->getCommonExpr();
  const clang::CXXRecordDecl *record = awaiter ? classOf(awaiter->getType()) : nullptr;
  return record ? types.awaiterSuspends(record) : Suspends::Maybe;
}

/// The first await or yield inside `root` that may suspend; null if there is none.
inline const clang::CoroutineSuspendExpr *suspensionIn(const clang::Stmt *root, const Body &body, TaskTypes &types) {
  for (const clang::Stmt *node : body.nodes)
    if (const auto *suspension = llvm::dyn_cast<clang::CoroutineSuspendExpr>(node))
      if (body.contains(root, suspension) && suspendsAt(suspension, types) != Suspends::Never) return suspension;
  return nullptr;
}

/// The classes of suspension points.
enum class SuspensionClass : uint8_t {
  NeverSuspends,
  ResumesInline, ///< suspends, and its own await_suspend lets it go on at once, on the same thread
  MaySuspend,
  MayHopThread,
};
/// `mayHopThread`: what LoopResidence::mayChangeThread says of it.
SuspensionClass classify(const clang::CoroutineSuspendExpr *suspension, TaskTypes &types, bool mayHopThread);
/// "never suspends", "resumes inline", "may suspend", "may hop thread".
llvm::StringRef nameOf(SuspensionClass suspension);

} // namespace coroguard
