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
bool assume(const FlowEdge &edge, const ASTContext &context, std::vector<Assumption> &assumed) {
  if (!edge.condition)
    return true;
  const ConditionKey key = conditionKey(edge.condition, context);
  if (!key.key)
    return true;
  const bool truth = edge.truth != key.negated;
  for (const Assumption &known : assumed)
    if (known.key == key.key)
      return known.truth == truth;
  if (assumed.size() < kMaxAssumptions) {
    assumed.push_back({key.key, truth, edge.condition});
    llvm::sort(assumed);
  }
  return true;
}

} // namespace

bool walkPaths(const FlowGraph &graph, const ASTContext &context, PathFact atEntry,
               llvm::function_ref<Way(const FlowStep &, PathFact &)> step,
               llvm::function_ref<Way(const FlowEdge &, PathFact &)> edge) {
  std::set<State> seen;
  std::vector<State> pending{{graph.entry(), atEntry, {}}};
  while (!pending.empty()) {
    State state = std::move(pending.back());
    pending.pop_back();
    if (!seen.insert(state).second)
      continue;
    if (seen.size() > kMaxStates)
      return false;
    const FlowBlock &block = graph.blocks()[state.block];
    bool ended = false;
    for (const FlowStep &each : block.steps) {
      llvm::erase_if(state.assumed, [&](const Assumption &a) { return mayChange(each, a.condition); });
      if (step(each, state.fact) == Way::Ends) {
        ended = true;
        break;
      }
    }
    if (ended || block.leavesByException)
      continue;
    for (const FlowEdge &next : llvm::reverse(block.edges)) {
      State after{next.to, state.fact, state.assumed};
      if (assume(next, context, after.assumed) && !(edge && edge(next, after.fact) == Way::Ends))
        pending.push_back(std::move(after));
    }
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
  const SourceManager &sources = context.getSourceManager();
  const bool lazy = !realOnly && graph.initialSuspend() == Suspends::Always;
  const bool finished = walkPaths(
      graph, context, {lazy ? After : Before}, [&](const FlowStep &step, PathFact &fact) {
        if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && fact.phase == Before)
          fact = {After, step.statement};
        if (step.kind != FlowStep::Kind::Statement || fact.phase != After || !isUse(step.statement))
          return Way::GoesOn;
        if (!found || sources.isBeforeInTranslationUnit(step.statement->getBeginLoc(), found->use->getBeginLoc()))
          found = LateUse{step.statement, fact.since};
        return Way::GoesOn;
      });
  return finished ? found : std::nullopt;
}

} // namespace coroguard
