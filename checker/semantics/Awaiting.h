// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Would `co_await expr` compile here? Decides whether a fix may insert it.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/TaskTypes.h"

namespace coroguard {

/// True only if `body` is a coroutine, `at` is a place where awaiting is allowed (no catch handler), and its promise
/// takes operands of this type.
bool canAwaitHere(const Body &body, const clang::Expr *at, TaskTypes &types);
/// The same for an operand of type `operand` that would stand at `at`.
bool canAwaitHere(const Body &body, const clang::Expr *at, clang::QualType operand, TaskTypes &types);

/// Source text of an expression as the user wrote it, shortened for messages.
std::string sourceText(const clang::Expr *expr, const clang::ASTContext &context, unsigned limit = 60);

} // namespace coroguard
