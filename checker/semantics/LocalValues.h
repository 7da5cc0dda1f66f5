// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What a local variable holds, as far as its own function shows: the values it is given, and whether others may change it.
#pragma once

#include "checker/semantics/CodeIndex.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace coroguard {

struct LocalValues {
  llvm::SmallVector<const clang::Expr *, 2> given; ///< its initialiser and whatever is assigned to it
  bool escapes = false; ///< its address or a mutable reference leaves; it may hold other values too
};

/// The local variable an expression names (through casts, parentheses and moves), or null. Parameters are none.
const clang::VarDecl *localOf(const clang::Expr *expr);
/// The body that declares `variable`: `body` or one it is written in; null if none of them.
const Body *homeOf(const clang::VarDecl *variable, const Body &body);
/// Values of a variable of the body or of those it is written in.
LocalValues valuesOf(const clang::VarDecl *variable, const Body &body);
/// The one value a local variable has all its life, else null.
const clang::Expr *soleValueOf(const clang::VarDecl *variable, const Body &body);

/// The integer an expression has, if it is constant or a local variable that never changes.
std::optional<int64_t> integerOf(const clang::Expr *expr, const Body &body, const clang::ASTContext &context);

} // namespace coroguard
