// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Depth-first search over (block, fact, assumed conditions).
#include "checker/flow/PathWalk.h"

#include "llvm/ADT/STLExtras.h"

#include <set>

using namespace clang;

namespace coroguard {
namespace {

constexpr unsigned kMaxStates = 20000;
constexpr unsigned kMaxAssumptions = 6; // more of them multiply ways and decide nothing

struct Assumption {
  uint64_t key;
  bool truth;
  const Expr *condition;
  friend bool operator<(const Assumption &a, const Assumption &b) {
    return std::tie(a.key, a.truth) < std::tie(b.key, b.truth);
  }
};

struct State {
  unsigned block;
  PathFact fact;
  std::vector<Assumption> assumed;
  friend bool operator<(const State &a, const State &b) {
    return std::tie(a.block, a.fact, a.assumed) < std::tie(b.block, b.fact, b.assumed);
  }
};

/// False if the edge contradicts what the way has assumed.
bool assume(const FlowEdge &edge, std::vector<Assumption> &assumed) {
  const Question &question = edge.asks;
  if (!question.key)
    return true;
  const bool truth = edge.truth != question.negated;
  for (const Assumption &known : assumed)
    if (known.key == question.key)
      return known.truth == truth;
  if (assumed.size() < kMaxAssumptions) {
    assumed.push_back({question.key, truth, edge.condition});
    llvm::sort(assumed);
  }
  return true;
}

struct Walk {
  const FlowGraph &graph;
  llvm::function_ref<Way(const FlowStep &, PathFact &)> step;
  llvm::function_ref<Way(const FlowEdge &, PathFact &)> edge;
  WalkedEdges wanted;
  std::vector<State> pending = {};

  void go(const FlowEdge &along, const State &from) {
    State after{along.to, from.fact, from.assumed};
    if (assume(along, after.assumed) && !(edge && edge(along, after.fact) == Way::Ends))
      pending.push_back(std::move(after));
  }

  /// The ways that leave from the middle of a block.
  void leaveEarly(const FlowStep &at, const State &state) {
    if (wanted.destruction && graph.mayBeDestroyedAt(at))
      go({graph.exit(), nullptr, true, FlowEdge::Kind::Destroyed}, state);
    if (wanted.exceptions && graph.mayThrowAt(at))
      for (unsigned handler : graph.handlersOf(at.statement))
        go({handler, nullptr, true, FlowEdge::Kind::Exception}, state);
  }

  void pass(State state) {
    const FlowBlock &block = graph.blocks()[state.block];
    for (const FlowStep &each : block.steps) {
      llvm::erase_if(state.assumed, [&](const Assumption &a) { return mayChange(each, a.condition); });
      leaveEarly(each, state);
      if (step(each, state.fact) == Way::Ends)
        return;
    }
    if (block.leavesByException)
      return;
    for (const FlowEdge &next : llvm::reverse(block.edges))
      go(next, state);
  }
};

} // namespace

bool walkPaths(const FlowGraph &graph, Effort &effort, PathFact atEntry,
               llvm::function_ref<Way(const FlowStep &, PathFact &)> step,
               llvm::function_ref<Way(const FlowEdge &, PathFact &)> edge, WalkedEdges edges) {
  std::set<State> seen;
  Walk walk{graph, step, edge, edges};
  if (edges.handlers)
    for (unsigned handler : graph.handlers())
      walk.pending.push_back({handler, atEntry, {}});
  walk.pending.push_back({graph.entry(), atEntry, {}});
  while (!walk.pending.empty()) {
    State state = std::move(walk.pending.back());
    walk.pending.pop_back();
    if (!seen.insert(state).second)
      continue;
    if (seen.size() > kMaxStates || !effort.spend()) {
      graph.noteTooManyWays();
      return false;
    }
    walk.pass(std::move(state));
  }
  return true;
}

bool mentions(const Stmt *node, const ValueDecl *variable) {
  if (const auto *reference = dyn_cast_or_null<DeclRefExpr>(node))
    return reference->getDecl()->getCanonicalDecl() == variable->getCanonicalDecl();
  if (const auto *lambda = dyn_cast_or_null<LambdaExpr>(node))
    return llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) {
      return capture.capturesVariable() && capture.getCapturedVar()->getCanonicalDecl() == variable->getCanonicalDecl();
    });
  return false;
}

std::optional<LateUse> useAfterSuspension(const FlowGraph &graph, const ASTContext &context,
                                          llvm::function_ref<bool(const Stmt *)> isUse, bool realOnly) {
  enum Phase : unsigned { Before, After };
  std::optional<LateUse> found;
  Effort effort;
  const SourceManager &sources = context.getSourceManager();
  const bool lazy = !realOnly && graph.initialSuspend() == Suspends::Always;
  const bool finished = walkPaths(
      graph, effort, {lazy ? After : Before}, [&](const FlowStep &step, PathFact &fact) {
        if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && fact.phase == Before)
          fact = {After, step.statement};
        if (step.kind != FlowStep::Kind::Statement || fact.phase != After || !isUse(step.statement))
          return Way::GoesOn;
        if (!found || sources.isBeforeInTranslationUnit(step.statement->getBeginLoc(), found->use->getBeginLoc()))
          found = LateUse{step.statement, fact.since};
        return Way::GoesOn;
      },
      nullptr, {.exceptions = true});
  return finished ? found : std::nullopt;
}

} // namespace coroguard
