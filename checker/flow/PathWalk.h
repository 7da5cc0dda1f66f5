// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Walks the feasible ways through one body with a fact that steps and branches change: the engine under the analyses of
// locks, stale values and repeated awaits. Equal conditions are taken alike on one way.
#pragma once

#include "checker/flow/FlowGraph.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace coroguard {

/// What is known about the followed thing at a point of a way.
struct PathFact {
  unsigned phase = 0;               ///< its meaning is the analysis'
  const clang::Stmt *since = nullptr; ///< the statement that led to this phase
  const clang::Stmt *cause = nullptr; ///< an earlier one, if the analysis keeps two
  friend bool operator<(const PathFact &a, const PathFact &b) {
    return std::tie(a.phase, a.since, a.cause) < std::tie(b.phase, b.since, b.cause);
  }
};

/// Whether the way goes on after a step or along an edge.
enum class Way : uint8_t { GoesOn, Ends };

/// What a walk follows besides branches. Off by default: a way that only an exception takes convinces nobody, unless the
/// analysis is about just that.
struct WalkedEdges {
  bool exceptions = false;  ///< from every node that may throw to its handlers or the exit, with the fact before it
  bool destruction = false; ///< from every suspension to the exit, as if the frame were destroyed there
  bool handlers = false;    ///< each handler is entered with the fact at the entry, whatever was thrown
};

/// What one analysis may still spend on one body, however many locks or locals it follows there one by one. In states:
/// a block with a fact and what is assumed.
class Effort {
public:
  explicit Effort(unsigned states = 150000) : left_(states) {}
  bool spend() { return left_ > 0 && left_-- > 0; }

private:
  unsigned left_;
};

/// Visits every step on every feasible way, loops until nothing new is learnt. False if there were too many ways, for
/// this walk or all that share `effort`: what was seen may then rest on contradicting conditions, and the caller should
/// say nothing.
bool walkPaths(const FlowGraph &graph, Effort &effort, PathFact atEntry,
               llvm::function_ref<Way(const FlowStep &, PathFact &)> step,
               llvm::function_ref<Way(const FlowEdge &, PathFact &)> edge = nullptr, WalkedEdges edges = {});

/// A use of something that comes after a suspension.
struct LateUse {
  const clang::Stmt *use = nullptr;
  const clang::Stmt *suspension = nullptr; ///< null: the coroutine starts suspended
};
/// The first use, in source order, that a way reaches after a suspension, also by an exception: awaited work fails as
/// surely as it is late. None if there is no such way.
/// `isUse` is asked about every evaluated statement. `realOnly`: that a lazy coroutine starts suspended does not count.
std::optional<LateUse> useAfterSuspension(const FlowGraph &graph, const clang::ASTContext &context,
                                          llvm::function_ref<bool(const clang::Stmt *)> isUse, bool realOnly = false);

/// Is `variable` mentioned by this step's own node: a reference to it, or a lambda that captures it?
bool mentions(const clang::Stmt *node, const clang::ValueDecl *variable);

} // namespace coroguard
