// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The coroutine-aware control-flow graph of one body: Clang's CFG with its elements turned into steps that say what
// matters to async code, above all where the coroutine may be suspended.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/TaskTypes.h"

#include "clang/Analysis/CFG.h"

#include <memory>
#include <string>
#include <vector>

namespace coroguard {

/// One thing that happens in a block, in execution order.
struct FlowStep {
  enum class Kind : uint8_t {
    Statement,  ///< `statement` is evaluated; operands come first, as steps of their own
    Suspension, ///< `statement` is the co_await or co_yield; it comes just before the step of its value
    ScopeEnd,   ///< `variable` dies
  };
  Kind kind;
  const clang::Stmt *statement = nullptr;
  const clang::VarDecl *variable = nullptr;
  Suspends suspends = Suspends::Maybe; ///< of a suspension
};

/// Where control goes after a block, and when.
struct FlowEdge {
  unsigned to;
  const clang::Expr *condition = nullptr; ///< the branch's condition; null if there is none or it is no plain truth
  bool truth = true;                      ///< the value of `condition` on this edge
};

struct FlowBlock {
  std::vector<FlowStep> steps;
  std::vector<FlowEdge> edges;
  bool leavesByException = false; ///< ends in throw or in a call that does not return
};

/// Immutable once built; refers into the AST.
class FlowGraph {
public:
  /// Null if Clang cannot build a graph, or it would have more than `maxBlocks` blocks; `why` then says so.
  static std::unique_ptr<FlowGraph> build(const Body &body, clang::ASTContext &context, TaskTypes &types,
                                          std::string *why = nullptr, unsigned maxBlocks = 4000);

  const Body &body() const { return *body_; }
  const std::vector<FlowBlock> &blocks() const { return blocks_; }
  unsigned entry() const { return entry_; }
  unsigned exit() const { return exit_; }
  /// Is the body suspended before its first statement (a lazy coroutine)?
  Suspends initialSuspend() const { return initialSuspend_; }
  /// For `coroguard check --dump=cfg`.
  std::string dump(const clang::ASTContext &context) const;

private:
  FlowGraph() = default;

  const Body *body_ = nullptr;
  std::vector<FlowBlock> blocks_;
  unsigned entry_ = 0, exit_ = 0;
  Suspends initialSuspend_ = Suspends::Never;
};

/// The graphs of one unit, each built when first asked for.
class FlowGraphs {
public:
  FlowGraphs(clang::ASTContext &context, TaskTypes &types) : context_(context), types_(types) {}
  /// Null for bodies that are left out; leftOut() then says why.
  const FlowGraph *of(const Body &body);
  struct LeftOut {
    const Body *body;
    std::string why;
  };
  llvm::ArrayRef<LeftOut> leftOut() const { return leftOut_; }
  clang::ASTContext &context() { return context_; }

private:
  clang::ASTContext &context_;
  TaskTypes &types_;
  llvm::DenseMap<const Body *, std::unique_ptr<FlowGraph>> graphs_;
  std::vector<LeftOut> leftOut_;
};

/// A condition without its negations, and a key that equal conditions share. `key` 0: nothing is known about it (it has
/// side effects, or depends on a call that may answer differently next time).
struct ConditionKey {
  uint64_t key = 0;
  bool negated = false;
};
ConditionKey conditionKey(const clang::Expr *condition, const clang::ASTContext &context);

/// Does the step change a variable that `condition` mentions?
bool mayChange(const FlowStep &step, const clang::Expr *condition);

} // namespace coroguard
