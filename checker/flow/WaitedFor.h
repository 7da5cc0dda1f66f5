// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Does a function that sets work loose wait for it afterwards? By awaiting or waiting for something the work was made
// with (a scope, an event, a counter), by running a loop, by joining.
#pragma once

#include "checker/semantics/Callees.h"

namespace coroguard {

/// Work that leaves its expression.
struct LooseWork {
  const clang::Expr *call;                   ///< makes the task
  const clang::Stmt *leavesAt;               ///< the spawn, the store
  const clang::VarDecl *local = nullptr;     ///< waiting counts only while it lives; null: anywhere after
  const clang::ValueDecl *store = nullptr;   ///< what the task was put into
};

/// `loop.start(serve(loop))`: is what takes the work the object that `argument` names? Then it is there as long as the work.
bool runsOn(const clang::Expr *argument, const clang::Stmt *taker, const clang::ASTContext &context);

bool isWaitedFor(const LooseWork &work, const Body &body, TaskTypes &types, Callees &callees);

} // namespace coroguard
