// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The coroutine-aware control-flow graph of one body: Clang's CFG with its elements turned into steps that say what
// matters to async code, above all where the coroutine may be suspended.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/Suspension.h"
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
  const clang::ValueDecl *changes = nullptr; ///< the variable or member it assigns, or whose address it takes
};

/// What a branch asks, without negations; equal questions share a key. 0: no answer can be relied on later (side effects,
/// a call that may answer differently next time), or no way through the graph asks the same again.
struct Question {
  uint64_t key = 0;
  bool negated = false;
};

/// Where control goes after a block, and when.
struct FlowEdge {
  enum class Kind : uint8_t {
    Branch,
    Exception, ///< thrown in the block: to a handler, or to the exit
    Destroyed, ///< the frame is destroyed while suspended: to the exit
  };
  unsigned to;
  const clang::Expr *condition = nullptr; ///< the branch's condition; null if there is none or it is no plain truth
  bool truth = true;                      ///< the value of `condition` on this edge
  Kind kind = Kind::Branch;
  Question asks = {};                     ///< of `condition`
};

struct FlowBlock {
  std::vector<FlowStep> steps;
  std::vector<FlowEdge> edges;
  bool leavesByException = false; ///< ends in throw or in a call that does not return
};

/// Immutable once built; refers into the AST. Its blocks know branches only: a walk that wants exceptions and frames
/// destroyed while suspended asks for them (WalkedEdges in PathWalk.h).
class FlowGraph {
public:
  /// Null if the body does not compile, Clang cannot build a graph, or it would have more than `maxBlocks` blocks; `why`
  /// then says so.
  static std::unique_ptr<FlowGraph> build(const Body &body, clang::ASTContext &context, TaskTypes &types,
                                          std::string *why = nullptr, unsigned maxBlocks = 4000);

  const Body &body() const { return *body_; }
  const std::vector<FlowBlock> &blocks() const { return blocks_; }
  unsigned entry() const { return entry_; }
  unsigned exit() const { return exit_; }
  /// Is the body suspended before its first statement (a lazy coroutine)?
  Suspends initialSuspend() const { return initialSuspend_; }
  /// Is it suspended after its last statement, until somebody destroys it?
  Suspends finalSuspend() const { return finalSuspend_; }
  /// May the step leave by an exception: a call that is not noexcept, `throw`, `new`, an await's result?
  bool mayThrowAt(const FlowStep &step) const;
  /// May the frame be destroyed there instead of resumed?
  bool mayBeDestroyedAt(const FlowStep &step) const;
  /// Where control goes when `statement` throws: the handlers of the tries around it, the innermost first, then exit()
  /// unless one of them catches everything.
  llvm::SmallVector<unsigned, 2> handlersOf(const clang::Stmt *statement) const;
  /// All of them, in the order of the blocks.
  llvm::SmallVector<unsigned, 2> handlers() const;

  /// For analysis dumps. `classOf` says of what class a suspension is.
  using Classifier = llvm::function_ref<SuspensionClass(const clang::CoroutineSuspendExpr *)>;
  void print(llvm::raw_ostream &out, const clang::ASTContext &context, Classifier classOf) const;
  /// The same as a digraph of Graphviz.
  void printDot(llvm::raw_ostream &out, const clang::ASTContext &context, Classifier classOf) const;

  /// A walk had to be given up (walkPaths, TaskPaths); FlowGraphs::leftOut() reports it.
  void noteTooManyWays() const { tooManyWays_ = true; }
  bool hadTooManyWays() const { return tooManyWays_; }

private:
  FlowGraph() = default;

  const Body *body_ = nullptr;
  std::vector<FlowBlock> blocks_;
  unsigned entry_ = 0, exit_ = 0;
  Suspends initialSuspend_ = Suspends::Never, finalSuspend_ = Suspends::Never;
  llvm::DenseMap<const clang::Stmt *, unsigned> handlers_; ///< the block of each catch
  mutable bool tooManyWays_ = false;
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
  /// The bodies that path analyses said nothing about, or not all, in source order.
  std::vector<LeftOut> leftOut() const;
  clang::ASTContext &context() { return context_; }

private:
  clang::ASTContext &context_;
  TaskTypes &types_;
  llvm::DenseMap<const Body *, std::unique_ptr<FlowGraph>> graphs_;
  std::vector<LeftOut> leftOut_;
};

/// The variable or member that an assignment, increment or `&` names; null for anything else.
const clang::ValueDecl *changedBy(const clang::Stmt *statement);
/// Does the step change a variable that `condition` mentions?
bool mayChange(const FlowStep &step, const clang::Expr *condition);

} // namespace coroguard
