// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Who is called, and in which role: runner, spawner, sink, sleep, offload, callback. Packs by name first, then what
// signatures and visible bodies show.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/TaskTypes.h"

#include "llvm/ADT/SmallVector.h"

#include <optional>

namespace coroguard {

/// A call or construction: what rules that look at arguments need, whatever its syntax. Cheap to copy.
struct CallSite {
  const clang::Expr *expr = nullptr;             ///< CallExpr or CXXConstructExpr
  const clang::FunctionDecl *callee = nullptr;   ///< may be null (function pointers)
  llvm::SmallVector<const clang::Expr *, 4> arguments; ///< without the object of a member or operator call
  const clang::Expr *object = nullptr;           ///< implicit object argument, or null

  static std::optional<CallSite> of(const clang::Stmt *node);
  /// The parameter argument `i` initialises; null for variadic ones.
  const clang::ParmVarDecl *parameter(unsigned i) const;
};

class Callees {
public:
  Callees(clang::ASTContext &context, const CodeIndex &code, const catalog::ModelIndex &models, Names &names,
          TaskTypes &types);

  const CodeIndex &code() const { return code_; }

  /// Rows of the packs for this call; methods are also found through the static class of the object and its bases.
  llvm::SmallVector<const catalog::FunctionModel *, 2> models(const CallSite &call);
  const catalog::FunctionModel *model(const CallSite &call, catalog::FunctionRole role);
  const catalog::FunctionModel *model(const clang::FunctionDecl *callee, catalog::FunctionRole role);
  llvm::ArrayRef<catalog::BlockingModel> blocking(const CallSite &call);

  /// How messages call what an expression calls; its source text if it is no call.
  std::string nameForPeople(const clang::Expr *call);

  /// Drives a task (or a loop) from synchronous code until it is done. Known by pack, or inferred: an ordinary function
  /// that takes a task and gives back its result, or that waits or resumes handles while it holds one.
  bool isRunner(const CallSite &call);

  /// One step of an async sequence: `next()`, `begin()`, `++it` that has to be awaited.
  bool isSequenceStep(const clang::Expr *call);

  /// Takes an async sequence over and gives back its elements at once: it has to block for them. Inferred from types.
  bool drainsSequence(const CallSite &call);

  /// Does the callee, whose body the unit shows, run the callable given as argument `i` on by itself: in a fire-and-forget coroutine
  /// that has it by value? It returns as soon as that is suspended.
  bool runsLoose(const CallSite &call, unsigned i, unsigned depth = 0);

  /// Does the callee, whose body the unit shows, let go of the task given as argument `i` without consuming it?
  /// Unknown bodies, virtual calls and `[[maybe_unused]]` parameters count as consuming.
  bool dropsArgument(const CallSite &call, unsigned i);

private:
  bool inferRunner(const clang::FunctionDecl *callee);
  bool drivesToCompletion(const clang::FunctionDecl *function, unsigned depth);
  bool dropsParameter(const clang::FunctionDecl *function, unsigned i);

  clang::ASTContext &context_;
  const CodeIndex &code_;
  const catalog::ModelIndex &models_;
  Names &names_;
  TaskTypes &types_;
  llvm::DenseMap<const clang::FunctionDecl *, bool> runners_;
  llvm::DenseMap<std::pair<const clang::FunctionDecl *, unsigned>, bool> drops_;
};

/// What a reference to a variable does with the task the variable holds.
enum class TaskUse : uint8_t {
  Consumes, ///< awaits, returns, moves, stores, passes on, captures: the task is in good hands
  Queries,  ///< looks without touching: `done()`, `valid()`, comparison
  Mistaken, ///< uses the task as if it were its result
  Fills,    ///< puts (more) tasks into the container it holds
  Replaces, ///< assigns another task
  Ignores,  ///< `t;`, passed to a callee that drops it
  Released, ///< cast to void: dropping is meant
};
TaskUse useOf(const clang::DeclRefExpr *reference, const Body &body, TaskTypes &types, Callees &callees);

} // namespace coroguard
