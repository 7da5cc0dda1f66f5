// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The coroutine protocol read off declarations: members of awaiters and promises, on complete classes and on the
// patterns of templates that nobody instantiated. Stateless; TaskTypes builds its judgements on it.
#pragma once

#include "clang/AST/ASTContext.h"
#include "clang/AST/DeclCXX.h"
#include "clang/AST/Stmt.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace coroguard {

using Methods = llvm::SmallVector<const clang::CXXMethodDecl *, 2>;

/// The class a type names, through references: its definition if there is one, else the declaration; null for others.
const clang::CXXRecordDecl *classOf(clang::QualType type);
/// What a pointer or a reference leads to; other types as they are.
clang::QualType pointedTo(clang::QualType type);
/// As classOf(), and for dependent specialisations the pattern of their template.
const clang::CXXRecordDecl *recordOrPattern(clang::QualType type);
/// The template pattern a class was or would be instantiated from; the class itself otherwise.
const clang::CXXRecordDecl *patternOf(const clang::CXXRecordDecl *record);
/// Where members can be looked up: the definition, else the pattern's definition, else null.
const clang::CXXRecordDecl *definitionOrPattern(const clang::CXXRecordDecl *record);

/// Methods (and method templates' patterns) of the class and its bases.
Methods methodsNamed(const clang::CXXRecordDecl *record, llvm::StringRef name);
Methods operatorsOf(const clang::CXXRecordDecl *record, clang::OverloadedOperatorKind kind);

/// `*this` of an awaiter: it lives in the coroutine that awaits it, and that waits for the work.
bool isOwnAwaiter(const clang::Expr *argument);

/// Has the promise an await_transform for objects of this class, or of its template?
bool transforms(const clang::CXXRecordDecl *promise, const clang::CXXRecordDecl *operand);


/// A promise that looks like the language's and is none, as it has no unhandled_exception: of coroutines that macros make. What returns its
/// tasks is an ordinary function.
bool isForMacros(const clang::CXXRecordDecl *promise);
/// Has a way to let its work run on by itself: `detach()`, or a `release()` that gives nothing.
bool canLetGo(const clang::CXXRecordDecl *handle);
/// Has await_ready, await_suspend and await_resume.
bool isAwaiter(const clang::CXXRecordDecl *record);
/// Its member operator co_await, or null.
const clang::CXXMethodDecl *memberCoAwait(const clang::CXXRecordDecl *record);

/// What a function returns; for undeduced `auto` of a pattern, the type of its first return expression; may be null.
clang::QualType resultTypeOf(const clang::FunctionDecl *function);
/// The constant a one-statement method returns; none if it cannot be told.
std::optional<bool> constantResult(const clang::CXXRecordDecl *record, llvm::StringRef method);
/// What `co_await` on a value of this type gives, as far as declarations tell; null type if unknown.
clang::QualType awaitResult(clang::QualType awaitable);
/// Nothing, numbers, or a standard container, tuple or optional of these: values that have no exception in them.
bool isPlainValue(clang::QualType type);

/// The awaiter's await_suspend gives its handle to somebody (an executor, a queue): the coroutine goes on by itself.
bool handsItsHandleOn(const clang::CXXRecordDecl *awaiter);
/// Every await_suspend that is visible gives control back to the coroutine it suspends: returns its own handle, or does
/// nothing but resume it.
bool resumesInline(const clang::CXXRecordDecl *awaiter);
/// Would awaiting an lvalue a second time be harmless: does the awaiter's await_ready ask whether the task is done? True if
/// the awaiter is not known.
bool awaiterAnswersAgain(const clang::CoawaitExpr *await);
/// Its await_suspend (of its own or of the awaiter it makes) does something when awaited; true if nobody can see.
bool suspendsByItself(const clang::CXXRecordDecl *record);
/// Result types that say "an element, or the end": optional, pointer, bool-like, variant.
bool isElementOrEnd(clang::QualType type);

/// `std::<name>` if the unit declares such a class template.
const clang::ClassTemplateDecl *findStdTemplate(clang::ASTContext &context, llvm::StringRef name);
/// Does any node of the tree (itself included, lambdas' bodies too) satisfy `wanted`?
bool anyDescendant(const clang::Stmt *root, llvm::function_ref<bool(const clang::Stmt *)> wanted);

} // namespace coroguard
