// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Local event loops that are given work and never run.
#pragma once

#include "checker/semantics/AsyncContexts.h"

#include "llvm/ADT/SmallPtrSet.h"

namespace coroguard {

struct UnrunLoop {
  const clang::VarDecl *loop;
  const clang::Expr *work; ///< the first call that gives it work
};

class UnrunLoops {
public:
  UnrunLoops(const CodeIndex &code, TaskTypes &types, Callees &callees)
      : code_(code), types_(types), callees_(callees) {}

  /// Loops that escape (their address or a reference goes where the unit cannot follow) are left out.
  std::vector<UnrunLoop> in(const Body &body);

private:
  struct Uses;
  bool isLoop(clang::QualType type);
  bool isNewLoop(const clang::VarDecl *variable);
  bool looksLikeLoop(const clang::CXXRecordDecl *record);
  void follow(const clang::ValueDecl *variable, const Body &body, Uses &uses);
  void followOutputs(const CallSite &call, const clang::Stmt *given, const Body &body, Uses &uses);
  void followReference(const clang::Expr *reference, const Body &body, Uses &uses);
  bool followInto(const CallSite &call, const clang::Stmt *given, Uses &uses);
  /// What one call does with the loop (or with something made from it); true if its result is to be followed.
  bool judge(const CallSite &call, const clang::Stmt *given, Uses &uses);

  const CodeIndex &code_;
  TaskTypes &types_;
  Callees &callees_;
  llvm::DenseMap<const clang::CXXRecordDecl *, bool> loops_;
};

} // namespace coroguard
