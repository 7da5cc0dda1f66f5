// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callables as values: which bodies an expression stands for, and what becomes of a lambda or function that code hands on.
#pragma once

#include "checker/semantics/Callees.h"
#include "checker/semantics/ThreadOwners.h"

#include "llvm/ADT/DenseMap.h"

namespace coroguard {

/// What becomes of a callable (a lambda or a named function) that an expression mentions.
enum class CallableFate : uint8_t {
  Called,  ///< runs at once, in the code that mentions it
  OnLoop,  ///< runs later, on the loop
  OffLoop, ///< runs on another thread
  Unknown, ///< nobody can see; nothing is concluded
};

using Bodies = llvm::SmallVector<const Body *, 2>;

class Callables {
public:
  Callables(const CodeIndex &code, TaskTypes &types, Callees &callees, ThreadOwners &owners)
      : code_(code), types_(types), callees_(callees), owners_(owners) {}

  /// The function or lambda that an expression stands for: a lambda, a closure variable, a (member) function, a
  /// `std::function` that is never anything else, a `std::bind` of one of them. Several for generic lambdas.
  Bodies bodiesOf(const clang::Expr *callable, const Body &body) const;
  /// The `operator()`s that a call runs before it returns if `argument` is an object of a class of the user's:
  /// `std::visit(Visitor{}, value)`.
  Bodies functionObjectRunBy(const CallSite &call, const clang::Expr *argument) const;
  /// The named function an expression stands for, if it has no body here.
  const clang::FunctionDecl *functionOf(const clang::Expr *callable) const;
  /// Is it an expression that bodiesOf() and functionOf() may know?
  static bool isMention(const clang::Stmt *node);

  /// The fate of a callable: `mention` is the lambda or the reference to a function or closure. `receiver` becomes the
  /// call that takes it.
  CallableFate fateOf(const clang::Expr *mention, const Body &body, const clang::Expr **receiver = nullptr);

  /// Does the function, whose body the unit shows, call its parameter `i` before it returns?
  bool callsParameter(const clang::FunctionDecl *function, unsigned i);

private:
  void addCallOperators(const clang::CXXRecordDecl *record, Bodies &bodies, unsigned depth = 0) const;
  /// Lambdas and functions that the unit assigns to a member that holds callables.
  llvm::ArrayRef<std::pair<const clang::Expr *, const Body *>> keptIn(const clang::FieldDecl *field) const;
  CallableFate fateInTable(const clang::InitListExpr *elements, const Body &body, const clang::Expr **receiver);
  CallableFate fateAsArgument(const CallSite &call, const clang::Expr *argument, const Body &body);
  const clang::Expr *unwrapped(const clang::Expr *callable, const Body &body) const;

  const CodeIndex &code_;
  TaskTypes &types_;
  Callees &callees_;
  ThreadOwners &owners_;
  llvm::DenseMap<std::pair<const clang::FunctionDecl *, unsigned>, bool> calls_;
  mutable llvm::DenseMap<const clang::FieldDecl *, llvm::SmallVector<std::pair<const clang::Expr *, const Body *>, 2>> kept_;
  mutable bool keptFound_ = false;
};

} // namespace coroguard
