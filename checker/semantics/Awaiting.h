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

/// Source text of a statement or expression as the user wrote it, in one line, shortened for messages.
std::string sourceText(const clang::Stmt *statement, const clang::ASTContext &context, unsigned limit = 60);
/// Its place and text, for dumps of analyses: "12:5 `co_await read()`".
std::string quoted(const clang::Stmt *statement, const clang::ASTContext &context);
/// "12:5", of the file the user wrote.
std::string lineAndColumn(clang::SourceLocation location, const clang::ASTContext &context);

} // namespace coroguard
