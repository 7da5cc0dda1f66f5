// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a file descriptor or a FILE* comes from, and so whether using it may block.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Truth.h"

#include "llvm/ADT/SmallPtrSet.h"

namespace coroguard {

enum class Descriptor : uint8_t {
  Unknown,     ///< the function does not show where it comes from
  Blocking,    ///< a socket, pipe, terminal, … in blocking mode
  NonBlocking, ///< O_NONBLOCK is set
  Regular,     ///< a file on disk: O_NONBLOCK has no effect
};

class Descriptors {
public:
  Descriptors(clang::ASTContext &context, const CodeIndex &code, Names &names)
      : context_(context), code_(code), names_(names) {}

  /// What the integer descriptor `expr`, used in `body`, is.
  Descriptor kindOf(const clang::Expr *expr, const Body &body);
  /// Is the FILE* backed by a descriptor?
  Truth isOnDevice(const clang::Expr *stream, const Body &body);
  /// Is it stdin, stdout, stderr, std::cin, …?
  Truth isStandardStream(const clang::Expr *stream, const Body &body);
  /// Has the object been told to be non-blocking (`non_blocking(true)`, `PQsetnonblocking(c, 1)`) in this function, or any
  /// object of its class by a call on it in the unit? Objects of classes are handed around; which one it is cannot be told.
  /// Or does the function await that it is ready, further up?
  bool isMadeNonBlocking(const clang::Expr *object, const Body &body);

private:
  Descriptor madeBy(const clang::CallExpr *call, const Body &body);
  Descriptor byFlag(const clang::CallExpr *call, unsigned argument, llvm::StringRef flag, const Body &body);
  Descriptor ofVariable(const clang::VarDecl *variable, const Body &body);
  Descriptor ofPair(const clang::VarDecl *pair, const Body &body);
  /// What other calls of the function do with the variable: make it non-blocking, or something nobody can see.
  Descriptor afterCalls(const clang::VarDecl *variable, const Body &body, Descriptor made);

  void findNonBlockingClasses();

  clang::ASTContext &context_;
  const CodeIndex &code_;
  Names &names_;
  llvm::SmallPtrSet<const clang::CXXRecordDecl *, 2> nonBlocking_; ///< classes with an object that is made so
  bool searched_ = false;
};

} // namespace coroguard
