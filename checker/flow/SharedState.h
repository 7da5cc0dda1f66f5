// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who changes a member or a global, and how: what other code of the unit may do to it while a coroutine is suspended.
#pragma once

#include "checker/flow/Storage.h"

namespace coroguard {

struct Change {
  enum class How : uint8_t {
    Grows,   ///< adds elements: moves those of a vector
    Shrinks, ///< removes or replaces elements
    Assigns, ///< gives it another value
    Empties, ///< null, nullopt, moved from
  };
  How how;
  const Body *body;
  const clang::Expr *at;
};

class SharedState {
public:
  explicit SharedState(const CodeIndex &code) : code_(code) {}

  /// A change, in another function than `user`'s, after which what points into the container, optional or pointer is
  /// wrong; null if the unit shows none. `behind`: it points to what an element owns on the heap.
  const Change *invalidates(const clang::ValueDecl *owner, const Body &user, bool iterator, bool behind);
  /// A change, in another function or (`inUserToo`) any, that gives it another value.
  const Change *replaces(const clang::ValueDecl *owner, const Body &user, bool inUserToo);
  /// A change, in another function, after which it may be null or empty.
  const Change *empties(const clang::ValueDecl *owner, const Body &user);

  /// Does a lock that was acquired by awaiting live at both statements?
  static bool areSerialised(const Body &body, const clang::Stmt *one, const clang::Stmt *other);

private:
  void collect();
  bool waitsFor(const Body &caller, const Body &user) const;
  llvm::ArrayRef<Change> changesOf(const clang::ValueDecl *owner);

  const CodeIndex &code_;
  bool ready_ = false;
  llvm::DenseMap<const clang::ValueDecl *, std::vector<Change>> changes_;
};

/// The member of the current object or the global that an expression names as a whole; null for others.
const clang::ValueDecl *sharedNamedBy(const clang::Expr *expr);
/// `nullptr`, `{}`, `nullopt`, a default-constructed value.
bool isEmptyValue(const clang::Expr *value);
/// `!owner`, `owner ? …`: looks whether it is there, in an assertion perhaps, whose branch a macro hides.
bool asksAgain(const clang::Stmt *node, const clang::ValueDecl *owner);
/// A change of the object that `expr` names, as far as this one expression says.
std::optional<Change::How> changeBy(const clang::Expr *node, const clang::ValueDecl *&owner);

} // namespace coroguard
