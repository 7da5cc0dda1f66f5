// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Whose storage an expression names or points into, and until when that storage lives. Reads one function only.
#pragma once

#include "checker/semantics/CodeIndex.h"

#include <string>

namespace coroguard {

struct Storage {
  enum class Kind : uint8_t {
    Unknown,   ///< somebody else's, or nobody can see; `variable` if it is what that reference parameter names, or a part of it
    Temporary, ///< dies at the end of the full expression
    Local,     ///< `variable` (a local or a parameter by value) or a part of it
    Member,    ///< `member` of the object the function is called on, or a part of it
    Lasting,   ///< literals, globals, statics: `variable` if it has a name
  };
  Kind kind = Kind::Unknown;
  const clang::VarDecl *variable = nullptr;
  const clang::FieldDecl *member = nullptr;
  bool part = false; ///< an element or value inside `variable` or `member` that it may give up while it lives
  bool behind = false; ///< on the heap behind a unique_ptr: it stays where it is when its container grows
};

/// "local `x`", "part of member `peers_`", …; for dumps of analyses.
std::string described(const Storage &storage);

/// What a glvalue names; a prvalue of class type is a temporary.
Storage storageOf(const clang::Expr *expr, const Body &body, unsigned depth = 0);
/// What the value of a pointer, view, iterator or reference wrapper points into.
Storage pointeeOf(const clang::Expr *value, const Body &body, unsigned depth = 0);

/// As storageOf() an expression that names `variable`.
Storage storageOf(const clang::VarDecl *variable, const Body &body);

/// The variable whose object, or a part of it, `expr` names or points into, read off the expression alone: `v.name`,
/// `v.begin()`, `*it`. With `owned`, only through what belongs to the object: not through pointers, views and iterators.
const clang::VarDecl *rootOf(const clang::Expr *expr, bool owned = false);

/// Is `base`, of `base.field` or `base->field`, `this` or `self`: a pointer or reference to an object of the class in which
/// the code is written? Static member functions and lambdas reach shared state so.
bool namesSelf(const clang::Expr *base, const clang::FieldDecl *field);

/// Do its elements or its value live as long as the object? Containers, of any library, strings, optionals, …
bool ownsElements(clang::QualType type);

/// string_view, span, reference_wrapper, buffers: copies of it refer to the same storage.
bool isView(clang::QualType type);
bool isIterator(clang::QualType type);
/// Does a value of this type (not a reference) refer to storage it does not own?
inline bool pointsElsewhere(clang::QualType type) { return type->isPointerType() || isView(type) || isIterator(type); }

/// The statement in which a local variable lives: block, loop or branch; null for parameters (the whole body).
const clang::Stmt *scopeOf(const clang::VarDecl *variable, const Body &body);
/// Does the statement lie in the life of the variable?
bool isAlive(const clang::VarDecl *variable, const clang::Stmt *at, const Body &body);
/// Is it alive there, and made before?
bool livesAcross(const clang::VarDecl *variable, const clang::Stmt *at, const Body &body);

} // namespace coroguard
