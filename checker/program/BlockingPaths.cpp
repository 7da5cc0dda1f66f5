// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A breadth-first search over reversed calls, heavier blocking calls first.
#include "checker/program/BlockingPaths.h"

#include "checker/semantics/BranchedOff.h"

#include <deque>

using namespace clang;

namespace coroguard {

BlockingPaths::BlockingPaths(const CodeIndex &code, const AsyncContexts &contexts, const CallGraph &calls,
                             BlockingCalls &blocking, Weight weight, Skip skip) {
  struct Caller {
    const Body *body;
    const Invocation *invocation;
  };
  struct Leaf {
    BlockingStep step;
    unsigned weight;
  };
  llvm::DenseMap<const Body *, llvm::SmallVector<Caller, 2>> callers;
  std::vector<Leaf> leaves;
  for (const Body &body : code.bodies()) {
    if (contexts.enclosing(body) || body.isCoroutine())
      continue; // reports for itself
    for (const Invocation &invocation : calls.of(body)) {
      if (skip(invocation, body) || isBranchedOff(invocation.node, body))
        continue;
      if (const BlockingCall *call = blocking.of(invocation, body)) {
        if (const unsigned heavy = weight(*call, invocation, body))
          leaves.push_back({{&body, &invocation, nullptr, call}, heavy});
        if (call->isWait())
          continue; // what a runner does inside is its own affair
      }
      for (const Body *target : invocation.runs)
        callers[target].push_back({&body, &invocation});
    }
  }
  for (unsigned heavy : {2u, 1u}) {
    std::deque<const Body *> pending;
    auto reach = [&](const BlockingStep &step) {
      if (steps_.try_emplace(step.body, step).second) {
        weights_[step.body] = heavy;
        pending.push_back(step.body);
      }
    };
    for (const Leaf &leaf : leaves)
      if (leaf.weight == heavy)
        reach(leaf.step);
    while (!pending.empty()) {
      const Body *body = pending.front();
      pending.pop_front();
      for (const Caller &caller : callers.lookup(body))
        reach({caller.body, caller.invocation, body, nullptr});
    }
  }
}

const BlockingStep *BlockingPaths::from(const Body &body) const {
  auto found = steps_.find(&body);
  return found == steps_.end() ? nullptr : &found->second;
}

std::vector<BlockingStep> BlockingPaths::chain(const Body &body) const {
  std::vector<BlockingStep> way;
  for (const BlockingStep *step = from(body); step; step = step->next ? from(*step->next) : nullptr)
    way.push_back(*step);
  return way;
}

} // namespace coroguard
