// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Where a coroutine runs, place by place: on the event loop, or off it after `co_await pool.schedule()` and its like.
#pragma once

#include "checker/flow/FlowGraph.h"
#include "checker/semantics/AsyncContexts.h"

#include "llvm/ADT/DenseMap.h"

#include <memory>

namespace coroguard {

/// Forward dataflow over the coroutine's flow graph, made only for coroutines that leave the loop somewhere. Where some path
/// may be off the loop, the answer is "may be off".
class LoopResidence {
public:
  LoopResidence(const CodeIndex &code, TaskTypes &types, Callees &callees, AsyncContexts &contexts, FlowGraphs &graphs)
      : code_(code), types_(types), callees_(callees), contexts_(contexts), graphs_(graphs) {}

  /// May the coroutine be off the loop when it gets to `node`, one of its nodes?
  bool mayBeOff(const Body &coroutine, const clang::Stmt *node);
  /// May whoever awaits it be off the loop afterwards?
  bool mayEndOff(const Body &coroutine);
  /// May the coroutine come back from this await on another thread, by what the await is for?
  bool mayChangeThread(const clang::CoawaitExpr *await, const Body &body);

  /// Where the coroutine runs after each await.
  void print(const Body &coroutine, llvm::raw_ostream &out);

private:
  enum State : uint8_t { Nowhere = 0, On = 1, Off = 2 };
  enum class Hop : uint8_t { Stays, Leaves, Returns, MayLeave };
  struct Flow {
    uint8_t entry = On;
    uint8_t end = On;
    bool moves = false; ///< some await changes the state: `at` tells where
    llvm::DenseMap<const clang::Stmt *, uint8_t> at;
  };
  struct Start {
    const Body *where;
    const clang::Expr *call; ///< the call of the coroutine, or the mention of it
  };

  /// As it is, with its starts; and as if it were started on the loop, which is what its own awaits make of it.
  const Flow &flowOf(const Body &coroutine);
  const Flow &ownFlowOf(const Body &coroutine);
  void solve(const Body &coroutine, Flow &flow, const llvm::DenseMap<const clang::Stmt *, Hop> &hops);
  const llvm::DenseMap<const clang::Stmt *, Hop> &hopsOf(const Body &coroutine);
  Hop hopOf(const clang::CoawaitExpr *await, const Body &body);
  Hop hopOfCall(const CallSite &call, const Body &body);
  bool handsToThreads(const clang::CXXRecordDecl *awaiter);
  bool keepsItsExecutor(const Body &coroutine);
  bool isStartedOff(const Body &coroutine);
  bool startsOnThreads(const Body &coroutine);
  bool startsOff(const Start &start, bool throughVariable);
  void findStarts();

  const CodeIndex &code_;
  TaskTypes &types_;
  Callees &callees_;
  AsyncContexts &contexts_;
  FlowGraphs &graphs_;
  llvm::DenseMap<const Body *, std::unique_ptr<Flow>> flows_, ownFlows_;
  llvm::DenseMap<const Body *, llvm::DenseMap<const clang::Stmt *, Hop>> hops_;
  llvm::DenseMap<const Body *, llvm::SmallVector<Start, 2>> starts_;
  bool startsFound_ = false;
};

} // namespace coroguard
