// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a task goes from the expression that makes it: awaited on the spot, held, stored away, returned, set loose. Reads
// one function; what a callee does with a task comes from the packs, from types, from its body where that shows that it only
// begins it, and in the end from its name.
#pragma once

#include "checker/flow/Storage.h"
#include "checker/semantics/Callees.h"

namespace coroguard {

struct Destination {
  enum class Kind : uint8_t {
    Awaited,  ///< awaited, or driven by a runner: done when the full expression is
    Stored,   ///< in something that outlives the function: a member, a global, a caller's container
    Returned, ///< to the caller, unawaited
    Detached, ///< spawned, or an eager one that was let go: it runs on by itself
    Unknown,
  };
  Kind kind = Kind::Unknown;
  const clang::Stmt *at = nullptr;           ///< what takes it there: the await, the call, the return
  const clang::VarDecl *holder = nullptr;    ///< the first variable it went through, if any
  const clang::ValueDecl *store = nullptr;   ///< of Stored: the member, parameter or global, if it has a name
  bool fullExpression = true;                ///< no variable in between: temporaries of the expression are still there
  bool startsHere = false;                   ///< of Detached: it runs to its first suspension before the call returns
};

class TaskJourneys {
public:
  TaskJourneys(TaskTypes &types, Callees &callees) : types_(types), callees_(callees) {}

  /// All places the value of `task` may come to. Empty if nothing can be told.
  llvm::SmallVector<Destination, 2> of(const clang::Expr *task, const Body &body);

private:
  struct Trip;
  bool isAsync(clang::QualType type);
  bool resumes(const clang::FunctionDecl *callee);
  bool setsLoose(const clang::FunctionDecl *callee, const clang::ParmVarDecl *parameter);

  TaskTypes &types_;
  Callees &callees_;
  llvm::DenseMap<const clang::FunctionDecl *, bool> resumes_;   ///< a function that comes back to itself counts as not
  llvm::DenseMap<const clang::ParmVarDecl *, bool> setLoose_;   ///< the same
  unsigned depth_ = 0;                                          ///< of calls looked into
};

/// "awaited", "stored", … with the place and name; for dumps of analyses.
std::string described(const Destination &destination, const clang::ASTContext &context);

} // namespace coroguard
