// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Questions about loops, and about what comes after a statement, as they are written.
#pragma once

#include "checker/semantics/CodeIndex.h"

#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"

namespace coroguard {

/// The condition of a while, do or for; null if it has none.
inline const clang::Expr *conditionOf(const clang::Stmt *loop) {
  if (const auto *each = llvm::dyn_cast<clang::WhileStmt>(loop)) return each->getCond();
  if (const auto *each = llvm::dyn_cast<clang::DoStmt>(loop)) return each->getCond();
  const auto *each = llvm::dyn_cast<clang::ForStmt>(loop);
  return each ? each->getCond() : nullptr;
}

/// `while (true)`, `for (;;)`
inline bool isEndless(const clang::Stmt *loop) {
  if (llvm::isa<clang::CXXForRangeStmt>(loop)) return false;
  const clang::Expr *condition = conditionOf(loop);
  const auto *constant = condition ? llvm::dyn_cast<clang::CXXBoolLiteralExpr>(condition->IgnoreParenImpCasts()) : nullptr;
  return !condition || (constant && constant->getValue()) || llvm::isa<clang::IntegerLiteral>(condition->IgnoreParenImpCasts());
}

/// What follows a statement at once in its block; null at the end of it, and for what is no statement of a block.
inline const clang::Stmt *nextAfter(const clang::Stmt *statement, const Body &body) {
  const auto *block = llvm::dyn_cast_or_null<clang::CompoundStmt>(body.parentOf(statement));
  const auto *at = block ? llvm::find(block->body(), statement) : nullptr;
  return at && at != block->body_end() && std::next(at) != block->body_end() ? *std::next(at) : nullptr;
}

} // namespace coroguard
