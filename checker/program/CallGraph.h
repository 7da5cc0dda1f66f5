// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who runs whose code, in one unit: calls, constructions, destructions, default arguments, callables given to functions
// that run them at once. Work handed to threads or loops, and coroutines, are no edges.
#pragma once

#include "checker/semantics/AsyncContexts.h"

#include "llvm/ADT/DenseMap.h"

namespace coroguard {

/// One place where a body runs other code.
struct Invocation {
  CallSite site;                         ///< `site.callee` is what the code names; null for function pointers
  const clang::Stmt *node = nullptr;     ///< the node of the body it belongs to (where the flow passes)
  clang::SourceRange range;              ///< where to point
  Bodies runs;                           ///< what runs, as far as the unit shows it
  const clang::FunctionDecl *given = nullptr; ///< a function without a body here that the callee is given to call
  bool destroys = false;                 ///< a destructor runs, at the end of the object's life
};

/// Immutable once made; as long-lived as the contexts it is made from.
class CallGraph {
public:
  CallGraph(const CodeIndex &code, TaskTypes &types, AsyncContexts &contexts);

  /// In source order.
  llvm::ArrayRef<Invocation> of(const Body &body) const;

private:
  bool entersLibrary(const Body &body, const clang::FunctionDecl *callee) const;
  void addBody(const Body &body);
  void addCall(const Body &body, const CallSite &site, const clang::Stmt *node, clang::SourceRange range);
  void addHidden(const Body &body, const clang::Stmt *hidden, const clang::Stmt *node, clang::SourceRange range,
                 int depth = 0);
  void addDestruction(const Body &body, clang::QualType type, const clang::Stmt *node, clang::SourceRange range,
                      int depth = 0);
  void addInitialisers(const Body &body, const clang::CXXConstructorDecl *constructor, const clang::Stmt *node,
                       clang::SourceRange range, int depth);
  bool isMovedFrom(const clang::VarDecl *variable, const Body &body) const;

  const CodeIndex &code_;
  TaskTypes &types_;
  AsyncContexts &contexts_;
  llvm::DenseMap<const Body *, std::vector<Invocation>> invocations_;
};

} // namespace coroguard
