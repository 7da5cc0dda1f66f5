// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the borrow analysis asks of lambdas: whether a call is one's own, which one an expression gives, what it captures.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/TaskTypes.h"

#include "clang/AST/ExprCXX.h"

namespace coroguard {

bool isLambdaCall(const clang::FunctionDecl *callee);
/// What runs when a closure of the class is called, an instantiation of it for a generic lambda; null for other classes.
const clang::CXXMethodDecl *runCallOperator(const clang::CXXRecordDecl *closure);
/// The lambda written in `expr`, or in the initialiser of the local it names; else null.
const clang::LambdaExpr *lambdaOf(const clang::Expr *expr, const Body &body);
/// Is `part` among the template arguments of the class, or of the classes around it, however deep inside?
bool isMadeOf(const clang::CXXRecordDecl *record, const clang::CXXRecordDecl *part);
/// The first closure with captures, written in `value`, that is part of what it gives: `bind(slot, [handle] { … })`. Null if there is none.
const clang::LambdaExpr *lambdaHeldBy(const clang::Expr *value);
bool capturesLocalsByReference(const clang::LambdaExpr *lambda);
/// By pointer, not `*this`.
bool capturesThis(const clang::LambdaExpr *lambda);
/// Has the function a loop or a pool of its own, and does the local live on while that runs? The function decides when it does.
bool livesWithOwnLoop(const clang::VarDecl *local, const Body &body, TaskTypes &types);
/// `return conn->process().finally([conn = std::move(conn)] {…})`, `return promise.attach(mv(conn))`: the task takes the
/// local along. With `elements`, those of it, any call may: they stay where they are.
bool takesAlong(const clang::Stmt *statement, const clang::VarDecl *local, bool elements = false);

} // namespace coroguard
