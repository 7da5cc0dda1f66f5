// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From each ordinary function of the unit, the shortest way to a call that blocks.
#pragma once

#include "checker/program/BlockingCalls.h"

#include "llvm/ADT/STLFunctionalExtras.h"

#include <vector>

namespace coroguard {

/// One step from a body towards the blocking call.
struct BlockingStep {
  const Body *body = nullptr;             ///< where the invocation stands
  const Invocation *invocation = nullptr; ///< the call to follow
  const Body *next = nullptr;             ///< what it runs; null at the end
  const BlockingCall *blocking = nullptr; ///< set at the end
};

/// Made for one selection of blocking calls. Work is linear in the calls of the unit: a search backwards from all
/// blocking calls at once, so cycles need no care and every way found is a shortest one.
class BlockingPaths {
public:
  /// How much a blocking call matters to who asks: 0 not at all; 2 is looked for before 1.
  using Weight = llvm::function_ref<unsigned(const BlockingCall &, const Invocation &, const Body &)>;
  /// Calls the search does not follow.
  using Skip = llvm::function_ref<bool(const Invocation &, const Body &)>;

  BlockingPaths(const CodeIndex &code, const AsyncContexts &contexts, const CallGraph &calls, BlockingCalls &blocking,
                Weight weight, Skip skip);

  /// The first step from `body`; null if no way to a blocking call is seen. Coroutines and code that reports for itself
  /// (callbacks, lambdas called where they are written in async code) have none.
  const BlockingStep *from(const Body &body) const;
  /// The whole way, first step first; ends with the blocking call.
  std::vector<BlockingStep> chain(const Body &body) const;
  unsigned weightOf(const Body &body) const { return weights_.lookup(&body); }

private:
  llvm::DenseMap<const Body *, BlockingStep> steps_;
  llvm::DenseMap<const Body *, unsigned> weights_;
};

} // namespace coroguard
