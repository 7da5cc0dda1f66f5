// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns Clang's CFG into blocks of steps.
#include "checker/flow/FlowGraph.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Suspension.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/FoldingSet.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {
namespace {

Suspends initialSuspendOf(const Body &body, TaskTypes &types) {
  if (!body.isCoroutine())
    return Suspends::Never;
  const CXXRecordDecl *promise = classOf(body.coroutine->getPromiseDecl()->getType());
  if (!promise)
    return Suspends::Maybe;
  switch (types.startOf(promise)) {
  case catalog::Start::Lazy: return Suspends::Always;
  case catalog::Start::Eager: return Suspends::Never;
  case catalog::Start::Unknown: break;
  }
  return Suspends::Maybe;
}

void addSteps(const CFGBlock &from, TaskTypes &types, FlowBlock &to) {
  for (const CFGElement &element : from) {
    if (auto statement = element.getAs<CFGStmt>()) {
      if (const auto *suspension = dyn_cast<CoroutineSuspendExpr>(statement->getStmt()))
        to.steps.push_back({FlowStep::Kind::Suspension, suspension, nullptr, suspendsAt(suspension, types)});
      to.steps.push_back({FlowStep::Kind::Statement, statement->getStmt(), nullptr});
      if (isa<CXXThrowExpr>(statement->getStmt()))
        to.leavesByException = true;
    } else if (auto initializer = element.getAs<CFGInitializer>()) {
      to.steps.push_back({FlowStep::Kind::Statement, initializer->getInitializer()->getInit(), nullptr});
    } else if (auto destructor = element.getAs<CFGAutomaticObjDtor>()) {
      to.steps.push_back({FlowStep::Kind::ScopeEnd, destructor->getTriggerStmt(), destructor->getVarDecl()});
    }
  }
  to.leavesByException |= from.hasNoReturnElement();
}

/// Two-way branches know the truth of their condition on each edge.
bool isTruthBranch(const Stmt *terminator) {
  return terminator && isa<IfStmt, WhileStmt, ForStmt, DoStmt, AbstractConditionalOperator, BinaryOperator>(terminator);
}

} // namespace

std::unique_ptr<FlowGraph> FlowGraph::build(const Body &body, ASTContext &context, TaskTypes &types, std::string *why,
                                            unsigned maxBlocks) {
  CFG::BuildOptions options;
  options.AddImplicitDtors = true;
  options.AddInitializers = true;
  options.AddCXXDefaultInitExprInCtors = true;
  options.PruneTriviallyFalseEdges = true;
  options.setAllAlwaysAdd();
  std::unique_ptr<CFG> cfg =
      CFG::buildCFG(body.function, const_cast<Stmt *>(body.function->getBody()), &context, options);
  if (!cfg) {
    if (why)
      *why = "Clang builds no control-flow graph for it";
    return nullptr;
  }
  if (cfg->getNumBlockIDs() > maxBlocks) {
    if (why)
      *why = "its control-flow graph has " + std::to_string(cfg->getNumBlockIDs()) + " blocks, the limit is " +
             std::to_string(maxBlocks);
    return nullptr;
  }
  std::unique_ptr<FlowGraph> graph(new FlowGraph);
  graph->body_ = &body;
  graph->entry_ = cfg->getEntry().getBlockID();
  graph->exit_ = cfg->getExit().getBlockID();
  graph->initialSuspend_ = initialSuspendOf(body, types);
  graph->blocks_.resize(cfg->getNumBlockIDs());
  for (const CFGBlock *from : *cfg) {
    FlowBlock &to = graph->blocks_[from->getBlockID()];
    addSteps(*from, types, to);
    const Stmt *terminator = from->getTerminatorStmt();
    const bool truth = isTruthBranch(terminator) && from->succ_size() == 2 && !from->getTerminator().isTemporaryDtorsBranch();
    const auto *condition = truth ? dyn_cast_or_null<Expr>(from->getLastCondition()) : nullptr;
    // `do { … } while (…)` of an assertion macro never turns, whatever its condition looks like.
    const bool macroLoop = isa_and_nonnull<DoStmt>(terminator) && terminator->getBeginLoc().isMacroID() && from->succ_size() == 2;
    bool first = true;
    for (const CFGBlock::AdjacentBlock &successor : from->succs()) {
      if (const CFGBlock *block = successor.getReachableBlock(); block && !(macroLoop && first))
        to.edges.push_back({block->getBlockID(), condition, first});
      first = false;
    }
  }
  return graph;
}

const FlowGraph *FlowGraphs::of(const Body &body) {
  auto [entry, fresh] = graphs_.try_emplace(&body);
  if (fresh) {
    std::string why;
    entry->second = FlowGraph::build(body, context_, types_, &why);
    if (!entry->second)
      leftOut_.push_back({&body, std::move(why)});
  }
  return entry->second.get();
}

std::string FlowGraph::dump(const ASTContext &context) const {
  std::string text;
  llvm::raw_string_ostream out(text);
  for (unsigned id = blocks_.size(); id-- > 0;) {
    const FlowBlock &block = blocks_[id];
    out << "block " << id << (id == entry_ ? " (entry)" : id == exit_ ? " (exit)" : "") << '\n';
    for (const FlowStep &step : block.steps) {
      if (step.kind == FlowStep::Kind::ScopeEnd)
        out << "  end of " << step.variable->getName() << '\n';
      else if (const auto *expr = dyn_cast_or_null<Expr>(step.statement))
        out << (step.kind == FlowStep::Kind::Suspension
                    ? step.suspends == Suspends::Never ? "  never suspends: " : "  suspends: "
                    : "  ")
            << sourceText(expr, context) << '\n';
      else if (step.statement)
        out << "  " << step.statement->getStmtClassName() << '\n';
    }
    for (const FlowEdge &edge : block.edges) {
      out << "  -> " << edge.to;
      if (edge.condition)
        out << " when " << sourceText(edge.condition, context) << " is " << (edge.truth ? "true" : "false");
      out << '\n';
    }
    if (block.leavesByException)
      out << "  leaves by exception\n";
  }
  return text;
}

ConditionKey conditionKey(const Expr *condition, const ASTContext &context) {
  ConditionKey result;
  condition = condition->IgnoreParenImpCasts();
  while (const auto *negation = dyn_cast<UnaryOperator>(condition)) {
    if (negation->getOpcode() != UO_LNot)
      break;
    result.negated = !result.negated;
    condition = negation->getSubExpr()->IgnoreParenImpCasts();
  }
  const bool unstable = anyDescendant(condition, [](const Stmt *node) {
    if (const auto *call = dyn_cast<CXXMemberCallExpr>(node))
      return !call->getMethodDecl() || !call->getMethodDecl()->isConst();
    if (const auto *operation = dyn_cast<UnaryOperator>(node))
      return operation->isIncrementDecrementOp();
    if (const auto *operation = dyn_cast<BinaryOperator>(node))
      return operation->isAssignmentOp();
    if (const auto *call = dyn_cast<CXXOperatorCallExpr>(node)) {
      const auto *method = dyn_cast_or_null<CXXMethodDecl>(call->getDirectCallee());
      return !(method && method->isConst()) && !call->isComparisonOp();
    }
    return isa<CallExpr, CoroutineSuspendExpr, LambdaExpr, CXXNewExpr, CXXThrowExpr>(node);
  });
  if (unstable)
    return result;
  llvm::FoldingSetNodeID id;
  condition->Profile(id, context, /*Canonical=*/true);
  result.key = id.ComputeHash() | 1;
  return result;
}

bool mayChange(const FlowStep &step, const Expr *condition) {
  const Expr *target = nullptr;
  if (step.kind != FlowStep::Kind::Statement)
    return false;
  if (const auto *binary = dyn_cast<BinaryOperator>(step.statement); binary && binary->isAssignmentOp())
    target = binary->getLHS();
  else if (const auto *unary = dyn_cast<UnaryOperator>(step.statement);
           unary && (unary->isIncrementDecrementOp() || unary->getOpcode() == UO_AddrOf))
    target = unary->getSubExpr();
  else if (const auto *call = dyn_cast<CXXOperatorCallExpr>(step.statement); call && call->isAssignmentOp())
    target = call->getArg(0);
  if (!target)
    return false;
  target = target->IgnoreParenImpCasts();
  const ValueDecl *changed = nullptr;
  if (const auto *reference = dyn_cast<DeclRefExpr>(target))
    changed = reference->getDecl();
  else if (const auto *member = dyn_cast<MemberExpr>(target))
    changed = member->getMemberDecl();
  return changed && anyDescendant(condition, [&](const Stmt *node) {
           const auto *reference = dyn_cast<DeclRefExpr>(node);
           const auto *member = dyn_cast<MemberExpr>(node);
           return (reference && reference->getDecl() == changed) || (member && member->getMemberDecl() == changed);
         });
}

} // namespace coroguard
