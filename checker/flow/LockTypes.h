// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which types are blocking locks and guards of them, whatever their names, and which calls lock and unlock.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/TaskTypes.h"

namespace coroguard {

/// Can it be locked, blocking the thread?
bool isBlockingMutex(clang::QualType type, TaskTypes &types);
/// Does an object of this type hold a blocking lock: std::lock_guard and its like, classes of that shape, classes that
/// have or are one, optional and unique_ptr of one? Some objects of it may be empty (givesLock()).
bool isLockGuard(clang::QualType type, TaskTypes &types);
/// `struct Unlock { Unlock(Mutex &m) : m(m) { m.unlock(); } ~Unlock() { m.lock(); } … };`: an object of it gives the lock back
/// while it lives.
bool isReverseGuard(clang::QualType type);
/// May an object of this guard be made without a lock: std's, wrappers, what can be locked later?
bool mayBeEmpty(clang::QualType guard);

/// Does a guard that is made of this expression hold a lock? Not if it is made of nothing, or of what is locked later. A
/// call of a function that gives a guard away holds one.
bool givesLock(const clang::Expr *value, TaskTypes &types, unsigned depth = 0);
/// `nullptr`, `nullopt`, `{}`.
bool isNothing(const clang::Expr *value);
/// Is an argument of the type `tag` (`defer_lock_t`) somewhere in it?
bool hasArgumentOf(const clang::Expr *value, llvm::StringRef tag);

/// Is this guard, somewhere in `tree`, only followed to what it guards: `*rows`, `rows->size()`?
bool isFollowed(const clang::Expr *guard, const clang::Stmt *tree, TaskTypes &types);

/// May who holds it take it again: `recursive_mutex`, `QRecursiveMutex`? Asks the class of the mutex that `taken` locks, or
/// that `guard` is made with.
bool isRecursive(const clang::VarDecl *guard, const clang::Stmt *taken);

/// Does a guard of `body` hold a blocking lock at both statements?
bool isGuarded(const clang::Stmt *one, const clang::Stmt *other, const Body &body, TaskTypes &types);

/// `mutex.unlock()`, or a member function of the unit that does so: `void open() { mutex_.unlock(); }`.
bool unlocksMutex(const clang::CXXMemberCallExpr *call, TaskTypes &types, unsigned depth = 0);

enum class LockCall : uint8_t { None, Locks, Tries, Unlocks };
/// What a member function of this name does to a guard or mutex.
LockCall lockCall(llvm::StringRef method);
/// As lockCall(), of `pthread_mutex_lock(&mutex)` and its like; `object` becomes the mutex.
LockCall lockCall(const clang::CallExpr *call, const clang::Expr *&object);

} // namespace coroguard
