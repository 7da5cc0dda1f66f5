// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What says that there is something in shared storage, and what needs it to be there.
#pragma once

#include "checker/semantics/CodeIndex.h"

#include <optional>

namespace coroguard {

/// `const bool known = table.contains(key); if (known)`: what was tested.
const clang::Expr *valueOfFlag(const clang::Expr *condition, const Body &body);

/// Does the condition being `truth` say that there is something in `owner`? None: it says nothing about it.
std::optional<bool> saysPresent(const clang::Expr *condition, const clang::ValueDecl *owner, bool truth, const Body &body, unsigned depth = 0);

/// The key that a test of `owner` asks for, if it does.
const clang::Expr *keyTested(const clang::Stmt *test, const clang::ValueDecl *owner);

/// The key of which this node needs that it is in `owner`: `table.at(key)`, `table[key]` that is not written as a whole,
/// `auto it = table.find(key)` whose result nobody compares. Null if it is no such thing.
const clang::Expr *keyNeeded(const clang::Stmt *node, const clang::ValueDecl *owner, const Body &body);

bool sameKey(const clang::Expr *a, const clang::Expr *b, const clang::ASTContext &context);

/// Does this node need something to be in `owner`?
bool reliesOn(const clang::Stmt *node, const clang::ValueDecl *owner);
/// Of these, `session_->id()`: whoever wrote it knew that there is one.
bool leadsTo(const clang::Stmt *node, const clang::ValueDecl *owner);

} // namespace coroguard
