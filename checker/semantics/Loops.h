// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Questions about loops, and about what comes after a statement, as they are written.
#pragma once

#include "checker/semantics/AwaiterProtocol.h"
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

/// `i < 3` of `for (int i = 0; i < 3; ++i)`: depends on nothing but the count.
inline bool onlyCounts(const clang::Expr *condition, const Body &body) {
  const auto *loop = llvm::dyn_cast_or_null<clang::ForStmt>(body.parentOf(condition));
  const auto *start = loop && loop->getCond() == condition && loop->getInc() ? llvm::dyn_cast_or_null<clang::DeclStmt>(loop->getInit()) : nullptr;
  return start && !anyDescendant(condition, [&](const clang::Stmt *node) {
    const auto *reference = llvm::dyn_cast<clang::DeclRefExpr>(node);
    const auto *variable = reference ? llvm::dyn_cast<clang::VarDecl>(reference->getDecl()) : nullptr;
    const bool counter = variable && llvm::is_contained(start->decls(), variable);
    return llvm::isa<clang::CallExpr, clang::MemberExpr>(node) ||
           (variable && !counter && !variable->getType().isConstQualified() && !llvm::isa<clang::ParmVarDecl>(variable));
  });
}

/// Does the first turn of `for (int i = 0; i < 3; ++i)` surely come?
inline bool turnsAtLeastOnce(const clang::Expr *condition, const Body &body) {
  const auto *loop = onlyCounts(condition, body) ? llvm::cast<clang::ForStmt>(body.parentOf(condition)) : nullptr;
  const auto *start = loop ? llvm::cast<clang::DeclStmt>(loop->getInit()) : nullptr;
  const auto *counter = start && start->isSingleDecl() ? llvm::dyn_cast<clang::VarDecl>(start->getSingleDecl()) : nullptr;
  const auto *comparison = llvm::dyn_cast<clang::BinaryOperator>(condition->IgnoreParenImpCasts());
  if (!counter || !counter->getInit() || counter->getInit()->isValueDependent() || !comparison || comparison->getRHS()->isValueDependent()) return false;
  const auto *counted = llvm::dyn_cast<clang::DeclRefExpr>(comparison->getLHS()->IgnoreParenImpCasts());
  clang::Expr::EvalResult first, last;
  const clang::ASTContext &context = counter->getASTContext();
  if (!counted || counted->getDecl() != counter || !counter->getInit()->EvaluateAsInt(first, context) || !comparison->getRHS()->EvaluateAsInt(last, context)) return false;
  const int64_t from = first.Val.getInt().getExtValue(), to = last.Val.getInt().getExtValue();
  return comparison->getOpcode() == clang::BO_LT ? from < to : comparison->getOpcode() == clang::BO_LE && from <= to;
}

} // namespace coroguard
