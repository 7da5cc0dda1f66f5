// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Mutexes whose locking is awaited: where a coroutine that holds one waits for the next, itself or in a coroutine that it
// awaits. Blocking locks are HeldLocks' business.
#pragma once

#include "checker/flow/AccessPath.h"
#include "checker/flow/PathWalk.h"

#include <string>

namespace coroguard {

/// One `co_await mutex.lock()`, as its own body names the mutex.
struct AwaitedLock {
  const clang::CoawaitExpr *await = nullptr;
  AccessPath path;
  std::string name;        ///< of the mutex, as it is written
  bool shared = false;     ///< together with other readers
  bool recursive = false;  ///< who holds it may take it again
};

/// A place where a coroutine waits for a lock while it holds one.
struct LockWait {
  AwaitedLock held;
  AwaitedLock wanted;            ///< its path and name are the waiting body's
  const clang::CoawaitExpr *at;  ///< there
  const clang::FunctionDecl *in; ///< the awaited coroutine that asks for it; null if `at` does so itself
};

class AwaitedLocks {
public:
  AwaitedLocks(clang::ASTContext &context, TaskTypes &types, const CodeIndex &code, FlowGraphs &graphs)
      : context_(context), types_(types), code_(code), graphs_(graphs) {}

  /// In the order of what is held, then of the code. A wait that only some way around a condition on the lock reaches is
  /// left out; so are locks that are given away.
  std::vector<LockWait> waits(const Body &body);

  /// Each of them: what is held, and what is waited for there.
  void print(const Body &body, llvm::raw_ostream &out);

private:
  struct Hold;
  std::optional<AwaitedLock> lockOf(const clang::CoawaitExpr *await);
  std::optional<Hold> holdOf(const AwaitedLock &lock, const Body &body);
  void pass(const Hold &hold, const FlowStep &step, PathFact &fact);
  bool unlocks(const clang::Expr *call, const AwaitedLock &lock);
  bool mayGiveBack(const clang::CoawaitExpr *await, const AccessPath &lock);
  std::vector<AwaitedLock> wantedBy(const clang::CoawaitExpr *await, std::vector<const clang::FunctionDecl *> &in);

  clang::ASTContext &context_;
  TaskTypes &types_;
  const CodeIndex &code_;
  FlowGraphs &graphs_;
};

} // namespace coroguard
