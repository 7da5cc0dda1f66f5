// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Evaluates the `when` of a blocking row on a call: what its arguments, read in their function, say.
#pragma once

#include "checker/semantics/Callees.h"
#include "checker/semantics/Descriptors.h"
#include "checker/semantics/Truth.h"

namespace coroguard {

class CallCondition {
public:
  CallCondition(clang::ASTContext &context, const CodeIndex &code, Names &names) : context_(context), descriptors_(context, code, names) {}

  /// Do all conditions of the row hold for this call? `category` becomes the row's, or `disk` if the descriptor turns out
  /// to be a file's.
  Truth holds(const catalog::BlockingModel &row, const CallSite &call, const Body &body, llvm::StringRef &category);

private:
  Truth atom(const catalog::Atom &atom, const CallSite &call, const Body &body, llvm::StringRef &category);
  Truth onDescriptor(const catalog::Atom &atom, const clang::Expr *argument, const Body &body, llvm::StringRef &category);
  Truth isLarger(const clang::Expr *argument, llvm::StringRef limit, const Body &body);

  clang::ASTContext &context_;
  Descriptors descriptors_;
};

} // namespace coroguard
