// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who else may resume a coroutine, once its await_suspend has given the handle away?
#pragma once

#include "checker/flow/AccessPath.h"
#include "checker/semantics/Unit.h"

namespace coroguard {

/// Does the node let somebody else resume the coroutine: is its handle (or a lambda that holds it) an argument of
/// unknown code, or resumed on the spot?
bool handsOutHandle(const clang::Stmt *node, const clang::ParmVarDecl *handle, const Body &where, Unit &unit, unsigned depth = 0);

/// `start([this, handle] { if (finished.exchange(true)) handle.resume(); })`: does whoever was given the handle resume it only
/// if an atomic says that await_suspend has come to its end, too?
bool resumesByAgreement(const clang::Stmt *escape, const clang::ParmVarDecl *handle, Unit &unit);

/// `handle.destroy()`: the frame is gone, with the awaiter and the promise.
bool destroysHandle(const clang::Stmt *node, const clang::ParmVarDecl *handle);

/// `loop.post([handle] { handle.resume(); })`
bool postsHandle(const clang::Stmt *node, const clang::ParmVarDecl *handle, Unit &unit);

/// `loop.schedule()`: awaiting it only puts the coroutine at the end of the loop's queue.
bool isTurnOfLoop(const CallSite &call, Unit &unit);

/// `waiters.push_back(handle)`, `waiter = handle`: the place where others find it; none if it does no such thing.
AccessPath placeFiled(const clang::Stmt *node, const clang::ParmVarDecl *handle, Unit &unit);

} // namespace coroguard
