// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The awaitable twin of a synchronous function: `aget`, `async_get`, `get_async`, `co_get` beside `get`.
#pragma once

#include "checker/semantics/Callees.h"

namespace coroguard {

struct AsyncSibling {
  const clang::FunctionDecl *function = nullptr;
  bool sameResult = false; ///< awaiting it gives what the synchronous one returns: it can take its place
};

class AsyncSiblings {
public:
  AsyncSiblings(clang::ASTContext &context, TaskTypes &types) : context_(context), types_(types) {}

  /// The sibling of what `call` calls, in the same class, its bases, or the same namespace. None unless it returns an
  /// awaitable and takes the same arguments.
  std::optional<AsyncSibling> of(const CallSite &call);

private:
  bool takesSame(const clang::FunctionDecl *sibling, const clang::FunctionDecl *synchronous) const;
  std::optional<AsyncSibling> match(const clang::FunctionDecl *candidate, const clang::FunctionDecl *synchronous);
  std::optional<AsyncSibling> search(const clang::FunctionDecl *callee, const CallSite &call);

  clang::ASTContext &context_;
  TaskTypes &types_;
  llvm::DenseMap<const clang::FunctionDecl *, std::optional<AsyncSibling>> known_;
};

} // namespace coroguard
