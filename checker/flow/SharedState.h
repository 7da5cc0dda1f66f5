// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who changes a member or a global, and how: what other code of the unit may do to it while a coroutine is suspended.
#pragma once

#include "checker/flow/HandedOut.h"
#include "checker/flow/Storage.h"

namespace coroguard {

struct Change {
  enum class How : uint8_t {
    Grows,   ///< adds elements: moves those of a vector
    Removes, ///< takes some elements out
    Clears,  ///< takes the last element out, or all, or replaces all
    Assigns, ///< gives it another value
    Empties, ///< null, nullopt, moved from
  };
  How how;
  const Body *body;
  const clang::Expr *at;
};

/// How a local refers into a container: what growth does to it depends on that.
enum class Reach : uint8_t {
  Element,  ///< to an element
  Iterator, ///< to an element, by an iterator
  Walk,     ///< by an iterator that goes on to the next element
};

/// Is it made where the life of the whole object begins or ends: in its `open`, `start`, `stop`, …? Then seldom while others
/// use it.
bool isAtBeginOrEnd(const Change &change);

class SharedState {
public:
  explicit SharedState(const CodeIndex &code) : code_(code) {}

  /// A change, in another function than `user`'s, after which what points into the container, optional or pointer is
  /// wrong; null if the unit shows none. `behind`: it points to what an element owns on the heap. Here and below rather one
  /// that is not isAtBeginOrEnd().
  const Change *invalidates(const clang::ValueDecl *owner, const Body &user, Reach reach, bool behind);
  /// The same for what `handed.holder` hands out of itself: a change that another function makes through the holder.
  const Change *invalidates(const HandedOut &handed, const Body &user, Reach reach);
  /// A change, in another function or (`inUserToo`) any, that gives it another value.
  const Change *replaces(const clang::ValueDecl *owner, const Body &user, bool inUserToo);
  /// A change, in another function, after which it may be null or empty. With `wholly`, a container to which others leave
  /// nothing: to take some element out, to clear it and fill it again in one go, or to clear it at the end of its object's life
  /// does not count.
  const Change *empties(const clang::ValueDecl *owner, const Body &user, bool wholly);

  const CodeIndex &code() const { return code_; }

  /// Does a lock that was acquired by awaiting live at both statements? Or at every call of `body`, if only its class calls it.
  /// No lock helps against a `change` that is made without one.
  bool areSerialised(const Body &body, const clang::Stmt *one, const clang::Stmt *other, const Change *change = nullptr) const;

private:
  void collect();
  void collectThroughHolders();
  bool waitsFor(const Body &caller, const Body &user) const;
  bool goesAroundLocks(const Change &change) const;
  bool isOutOfReach(const Change &change, const Body &user) const;
  llvm::ArrayRef<Change> changesOf(const clang::ValueDecl *owner);

  const CodeIndex &code_;
  bool ready_ = false;
  llvm::DenseMap<const clang::ValueDecl *, std::vector<Change>> changes_;
  llvm::DenseMap<std::pair<const clang::ValueDecl *, const clang::ValueDecl *>, std::vector<Change>> throughHolders_; ///< holder, field
};

/// The member of the current object or the global that an expression names as a whole; null for others.
const clang::ValueDecl *sharedNamedBy(const clang::Expr *expr);
/// A pointer that becomes null when others end what it points to: a class with `operator->` that keeps a weak reference.
bool isWeakPointer(clang::QualType type);
/// `nullptr`, `{}`, `nullopt`, a default-constructed value.
bool isEmptyValue(const clang::Expr *value);
/// `!owner`, `owner ? …`: looks whether it is there, in an assertion perhaps, whose branch a macro hides.
bool asksAgain(const clang::Stmt *node, const clang::ValueDecl *owner);
/// A change of the object that `expr` names, as far as this one expression says.
std::optional<Change::How> changeBy(const clang::Expr *node, const clang::ValueDecl *&owner);

} // namespace coroguard
