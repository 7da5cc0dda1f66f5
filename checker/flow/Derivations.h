// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Local references, pointers, iterators and views that are derived from a member or global before a suspension and used
// after it, while other code may change what they refer to.
#pragma once

#include "checker/flow/PathWalk.h"
#include "checker/flow/SharedState.h"

namespace coroguard {

/// A local that refers into something shared; a range-for is one, too.
struct Derivation {
  const clang::ValueDecl *variable = nullptr;     ///< a variable or a name of a structured binding; null if it is a loop
  const clang::CXXForRangeStmt *loop = nullptr;   ///< goes on with its iterator after each turn
  const clang::ValueDecl *owner = nullptr;        ///< the member or global
  const Change *change = nullptr;                 ///< what other code does to the owner; null: nothing that harms
  const clang::Stmt *use = nullptr;               ///< the first use after a suspension without deriving it again
  const clang::ValueDecl *named = nullptr;        ///< what `use` names: `variable`, or a name that unpacks it
  const clang::Stmt *suspension = nullptr;        ///< the one before `use`
  bool serialised = false;                        ///< a lock that was awaited covers both
  std::optional<HandedOut> handed = {};           ///< set if `owner` hands it out by an accessor
  bool followsShared = false;                     ///< `owner` is a std::shared_ptr, and it points to what that owns
  bool unseen = false;                            ///< no change is seen, but functions of the owner's class are not seen either
  bool asked = false;                             ///< `owner` is a function that may have another answer, or none, when it is asked again
  bool givenUp = false;                           ///< the function itself empties the owner after the loop

  bool isStale() const { return use && !serialised; }
};

class Derivations {
public:
  Derivations(clang::ASTContext &context, FlowGraphs &graphs, SharedState &shared)
      : context_(context), graphs_(graphs), shared_(shared) {}

  /// Those of a coroutine: loops, then variables, each in source order. Paths are followed only where there is a change.
  std::vector<Derivation> in(const Body &body);

  void print(const Body &body, llvm::raw_ostream &out);

private:
  std::optional<Derivation> ofVariable(const Body &body, const clang::ValueDecl *variable, Effort &effort);
  std::optional<Derivation> ofLoop(const Body &body, const clang::CXXForRangeStmt *loop, Effort &effort);
  std::optional<Derivation> ofAccessor(const Body &body, const clang::VarDecl *variable, Effort &effort);
  void followVariable(const Body &body, Derivation &derivation, Effort &effort);
  void followLoop(const Body &body, Derivation &derivation, Effort &effort);

  clang::ASTContext &context_;
  FlowGraphs &graphs_;
  SharedState &shared_;
};

} // namespace coroguard
