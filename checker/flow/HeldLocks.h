// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which blocking locks are held where: by guards, and by mutexes and members that are locked by hand, also in helper
// functions that lock or unlock them for their callers. Mutexes whose locking is awaited are none of its business.
#pragma once

#include "checker/flow/AccessPath.h"
#include "checker/flow/LockTypes.h"
#include "checker/flow/PathWalk.h"

#include <string>

namespace coroguard {

struct TrackedLock;

/// Something that happens while a lock is held.
struct UnderLock {
  const clang::Stmt *at;
  const clang::Stmt *taken;      ///< where the lock was taken
  const clang::VarDecl *guard;   ///< null if it was locked by hand
  std::string name;              ///< of the guard or the mutex
  const clang::Stmt *inside;     ///< where the function called at `taken` locks it; null if `taken` does so itself
};

/// What a function does to a lock that its caller knows, too.
struct LockEffect {
  enum class Kind : uint8_t {
    Locks,   ///< it is held on every way out
    Tries,   ///< it is held if the function returns true
    Unlocks, ///< it is not held on any way out
    Unclear, ///< it depends
  };
  Kind kind;
  AccessPath lock;         ///< as the function names it
  const clang::Stmt *at;   ///< where it does so
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
  /// What a function of the unit does to locks of its caller. Empty for coroutines: they do it when they are awaited.
  llvm::ArrayRef<LockEffect> effectsOf(const clang::FunctionDecl *function);
  /// Does the function, which returns a guard, return one that holds a lock, on every way?
  bool returnsHeld(const clang::FunctionDecl *function);

  /// Each lock, and its state at each suspension and at the exit.
  void print(const Body &body, llvm::raw_ostream &out);

private:
  struct Outcome;
  std::vector<TrackedLock> locksOf(const Body &body, bool unlockedToo = false);
  void addCalled(const clang::Expr *call, bool unlockedToo, llvm::function_ref<void(const AccessPath &, const clang::Expr *)> add);
  /// One walk for one lock: `atStep` sees its state before each step, `atExit` the one each way leaves it in.
  bool follow(const FlowGraph &graph, const TrackedLock &lock, Effort &effort, PathFact atEntry,
              llvm::function_ref<void(const FlowStep &, const PathFact &)> atStep,
              llvm::function_ref<void(const PathFact &)> atExit, WalkedEdges edges = {});
  void pass(const TrackedLock &lock, const FlowStep &step, PathFact &fact);
  void passCall(const TrackedLock &lock, const clang::Expr *call, PathFact &fact);
  bool isGivenBackBy(const clang::Stmt *await, const TrackedLock &lock);
  bool gives(const clang::Expr *value);
  bool unlocksItself(const clang::CXXMemberCallExpr *call);
  bool mayActOnLocks(const clang::FunctionDecl *function);
  Outcome outcomeOf(const FlowGraph &graph, const TrackedLock &lock, unsigned before, Effort &effort);
  std::optional<LockEffect> effectOn(const TrackedLock &lock, const FlowGraph &graph, Effort &effort);
  void print(const Body &body, const FlowGraph &graph, const TrackedLock &lock, llvm::raw_ostream &out);
  std::vector<UnderLock> find(const Body &body, llvm::function_ref<bool(const FlowStep &, const TrackedLock &)> wanted);

  clang::ASTContext &context_;
  TaskTypes &types_;
  const CodeIndex &code_;
  FlowGraphs &graphs_;
  llvm::DenseMap<const clang::FunctionDecl *, std::vector<LockEffect>> effects_;
  llvm::DenseMap<const clang::FunctionDecl *, bool> returnsHeld_;
  unsigned depth_ = 0; ///< of calls looked into
};

} // namespace coroguard
