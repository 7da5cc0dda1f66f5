// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which blocking locks are held where. A guard is what its class says or looks like (it locks when made, unlocks when it
// dies), whatever its name; mutexes whose locking is awaited are none of its business.
#pragma once

#include "checker/flow/PathWalk.h"
#include "checker/semantics/Callees.h"

#include <string>

namespace coroguard {

/// Does an object of this type hold a blocking lock (std::lock_guard and its like, classes of that shape, classes that
/// have one as a member, optional and unique_ptr of one)?
bool isLockGuard(clang::QualType type, TaskTypes &types, const CodeIndex &code);
/// Can it be locked, blocking the thread?
bool isBlockingMutex(clang::QualType type, TaskTypes &types);

/// Something that happens while a lock is held.
struct UnderLock {
  const clang::Stmt *at;
  const clang::Stmt *taken;      ///< where the lock was taken
  const clang::VarDecl *guard;   ///< null if it was locked by hand
  std::string name;              ///< of the guard or the mutex
};

class HeldLocks {
public:
  HeldLocks(clang::ASTContext &context, TaskTypes &types, const CodeIndex &code, FlowGraphs &graphs)
      : context_(context), types_(types), code_(code), graphs_(graphs) {}

  /// Suspensions with a lock held; awaits that are given the lock are left out.
  std::vector<UnderLock> suspensions(const Body &body);
  /// Statements of `body` that `wanted` accepts and that some way reaches with a lock held.
  std::vector<UnderLock> statements(const Body &body, llvm::function_ref<bool(const clang::Stmt *)> wanted);

  /// Mutexes that some way leaves locked by hand for the caller.
  std::vector<std::string> keptAtExit(const Body &body);

  /// Each lock, and its state at each suspension and at the exit.
  void print(const Body &body, llvm::raw_ostream &out);

private:
  struct Tracked;
  std::vector<Tracked> locksOf(const Body &body);
  bool follow(const FlowGraph &graph, const Tracked &lock, llvm::function_ref<void(const FlowStep &, const PathFact &)> atStep,
              llvm::function_ref<void(const PathFact &)> atExit);
  void print(const Body &body, const FlowGraph &graph, const Tracked &lock, llvm::raw_ostream &out);
  std::vector<UnderLock> find(const Body &body, llvm::function_ref<bool(const FlowStep &, const Tracked &)> wanted);

  clang::ASTContext &context_;
  TaskTypes &types_;
  const CodeIndex &code_;
  FlowGraphs &graphs_;
};

} // namespace coroguard
