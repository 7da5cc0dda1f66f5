// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Turns Clang's CFG into blocks of steps.
#include "checker/flow/FlowGraph.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/FoldingSet.h"
#include "llvm/ADT/STLExtras.h"

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

Suspends finalSuspendOf(const Body &body, TaskTypes &types) {
  Suspends result = Suspends::Never;
  if (const Stmt *final = body.isCoroutine() ? body.coroutine->getFinalSuspendStmt() : nullptr)
    anyDescendant(final, [&](const Stmt *node) {
      const auto *await = dyn_cast<CoroutineSuspendExpr>(node);
      if (await)
        result = suspendsAt(await, types);
      return await != nullptr;
    });
  return result;
}

/// `total += co_await load();`: the standard evaluates the right operand first, Clang's graph of compound assignments the left one. What is
/// changed is looked at again after the await.
void addTarget(const Stmt *statement, FlowBlock &to) {
  const auto *assignment = dyn_cast<CompoundAssignOperator>(statement);
  if (!assignment || !anyDescendant(assignment->getRHS(), llvm::IsaPred<CoroutineSuspendExpr>))
    return;
  anyDescendant(assignment->getLHS(), [&](const Stmt *node) {
    to.steps.push_back({FlowStep::Kind::Statement, node, nullptr});
    return false;
  });
}

void addSteps(const CFGBlock &from, TaskTypes &types, FlowBlock &to) {
  for (const CFGElement &element : from) {
    if (auto statement = element.getAs<CFGStmt>()) {
      if (const auto *suspension = dyn_cast<CoroutineSuspendExpr>(statement->getStmt()))
        to.steps.push_back({FlowStep::Kind::Suspension, suspension, nullptr, suspendsAt(suspension, types)});
      addTarget(statement->getStmt(), to);
      to.steps.push_back({FlowStep::Kind::Statement, statement->getStmt(), nullptr, Suspends::Maybe, changedBy(statement->getStmt())});
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

static std::unique_ptr<CFG> clangGraph(const Body &body, ASTContext &context) {
  CFG::BuildOptions options;
  options.AddImplicitDtors = true;
  options.AddInitializers = true;
  options.AddCXXDefaultInitExprInCtors = true;
  options.PruneTriviallyFalseEdges = true;
  options.setAllAlwaysAdd();
  return CFG::buildCFG(body.function, const_cast<Stmt *>(body.function->getBody()), &context, options);
}

static Question questionOf(const Expr *condition, const ASTContext &context) {
  Question result;
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

/// The blocks that may lie on a cycle, and perhaps some more. Numbers fall along the flow but for edges that go back, and
/// every cycle gets above each of its blocks again by one of these.
static std::vector<bool> blocksOnCycles(llvm::ArrayRef<FlowBlock> blocks) {
  std::vector<int> ends(blocks.size() + 1); // +1 where the range of an edge back begins, -1 behind its end
  for (size_t id = 0; id < blocks.size(); ++id)
    for (const FlowEdge &edge : blocks[id].edges)
      if (edge.to >= id) {
        ++ends[id];
        --ends[edge.to + 1];
      }
  std::vector<bool> onCycle(blocks.size());
  int around = 0;
  for (size_t id = 0; id < blocks.size(); ++id)
    onCycle[id] = (around += ends[id]) > 0;
  return onCycle;
}

/// Asks each branch, and forgets the questions that no way asks twice: to remember their answers would multiply the ways
/// to follow and decide nothing.
static void askBranches(std::vector<FlowBlock> &blocks, const std::vector<bool> &onCycle, const ASTContext &context) {
  llvm::DenseMap<uint64_t, unsigned> asked;
  for (size_t id = 0; id < blocks.size(); ++id) {
    Question question;
    for (FlowEdge &edge : blocks[id].edges) {
      if (edge.condition && !question.key)
        question = questionOf(edge.condition, context);
      edge.asks = edge.condition ? question : Question();
    }
    if (question.key)
      asked[question.key] += onCycle[id] ? 2 : 1;
  }
  for (FlowBlock &block : blocks)
    for (FlowEdge &edge : block.edges)
      if (edge.asks.key && asked.lookup(edge.asks.key) < 2)
        edge.asks.key = 0;
}

static void addEdges(const CFGBlock &from, FlowBlock &to) {
  const Stmt *terminator = from.getTerminatorStmt();
  const bool truth = isTruthBranch(terminator) && from.succ_size() == 2 && !from.getTerminator().isTemporaryDtorsBranch();
  const auto *condition = truth ? dyn_cast_or_null<Expr>(from.getLastCondition()) : nullptr;
  // `do { … } while (…)` of an assertion macro never turns, whatever its condition looks like.
  const bool macroLoop = isa_and_nonnull<DoStmt>(terminator) && terminator->getBeginLoc().isMacroID() && from.succ_size() == 2;
  bool first = true;
  for (const CFGBlock::AdjacentBlock &successor : from.succs()) {
    if (const CFGBlock *block = successor.getReachableBlock(); block && !(macroLoop && first))
      to.edges.push_back({block->getBlockID(), condition, first});
    first = false;
  }
}

std::unique_ptr<FlowGraph> FlowGraph::build(const Body &body, ASTContext &context, TaskTypes &types, std::string *why,
                                            unsigned maxBlocks) {
  auto leaveOut = [&](std::string reason) -> std::unique_ptr<FlowGraph> {
    if (why)
      *why = std::move(reason);
    return nullptr;
  };
  if (body.lost.incomplete)
    return leaveOut("it does not compile");
  std::unique_ptr<CFG> cfg = clangGraph(body, context);
  if (!cfg)
    return leaveOut("Clang builds no control-flow graph for it");
  if (cfg->getNumBlockIDs() > maxBlocks)
    return leaveOut("its control-flow graph has " + std::to_string(cfg->getNumBlockIDs()) + " blocks, the limit is " +
                    std::to_string(maxBlocks));
  std::unique_ptr<FlowGraph> graph(new FlowGraph);
  graph->body_ = &body;
  graph->entry_ = cfg->getEntry().getBlockID();
  graph->exit_ = cfg->getExit().getBlockID();
  graph->initialSuspend_ = initialSuspendOf(body, types);
  graph->finalSuspend_ = finalSuspendOf(body, types);
  graph->blocks_.resize(cfg->getNumBlockIDs());
  for (const CFGBlock *from : *cfg) {
    FlowBlock &to = graph->blocks_[from->getBlockID()];
    addSteps(*from, types, to);
    addEdges(*from, to);
    if (const auto *handler = dyn_cast_or_null<CXXCatchStmt>(from->getLabel()))
      graph->handlers_[handler] = from->getBlockID();
  }
  askBranches(graph->blocks_, blocksOnCycles(graph->blocks_), context);
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

std::vector<FlowGraphs::LeftOut> FlowGraphs::leftOut() const {
  std::vector<LeftOut> all = leftOut_;
  for (const auto &[body, graph] : graphs_)
    if (graph && graph->hadTooManyWays())
      all.push_back({body, "it has too many ways to follow them all"});
  const SourceManager &sources = context_.getSourceManager();
  llvm::sort(all, [&](const LeftOut &a, const LeftOut &b) {
    return sources.isBeforeInTranslationUnit(a.body->function->getLocation(), b.body->function->getLocation());
  });
  return all;
}

llvm::SmallVector<unsigned, 2> FlowGraph::handlersOf(const Stmt *statement) const {
  llvm::SmallVector<unsigned, 2> targets;
  const Stmt *child = statement;
  for (const Stmt *parent = body_->parentOf(child); parent; child = parent, parent = body_->parentOf(parent)) {
    const auto *guarded = dyn_cast<CXXTryStmt>(parent);
    if (!guarded || guarded->getTryBlock() != child)
      continue;
    for (unsigned i = 0; i < guarded->getNumHandlers(); ++i) {
      const CXXCatchStmt *handler = guarded->getHandler(i);
      if (auto block = handlers_.find(handler); block != handlers_.end())
        targets.push_back(block->second);
      if (!handler->getExceptionDecl())
        return targets;
    }
  }
  targets.push_back(exit_);
  return targets;
}

llvm::SmallVector<unsigned, 2> FlowGraph::handlers() const {
  llvm::SmallVector<unsigned, 2> all;
  for (const auto &[handler, block] : handlers_)
    all.push_back(block);
  llvm::sort(all);
  return all;
}

bool FlowGraph::mayBeDestroyedAt(const FlowStep &step) const {
  return step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && body_->has(step.statement);
}

bool FlowGraph::mayThrowAt(const FlowStep &step) const {
  const Stmt *node = step.statement;
  if (step.kind != FlowStep::Kind::Statement || !body_->has(node))
    return false;
  if (isa<CXXThrowExpr, CXXNewExpr, CoroutineSuspendExpr>(node))
    return true;
  const FunctionDecl *callee = nullptr;
  if (const auto *construct = dyn_cast<CXXConstructExpr>(node))
    callee = construct->getConstructor();
  else if (const auto *call = dyn_cast<CallExpr>(node))
    callee = call->getDirectCallee();
  else
    return false;
  if (!callee)
    return true;
  if (callee->isTrivial() || callee->isNoReturn())
    return false;
  const auto *prototype = callee->getType()->getAs<FunctionProtoType>();
  return !prototype || isUnresolvedExceptionSpec(prototype->getExceptionSpecType()) || !prototype->isNothrow();
}

const ValueDecl *changedBy(const Stmt *statement) {
  const Expr *target = nullptr;
  if (const auto *binary = dyn_cast<BinaryOperator>(statement); binary && binary->isAssignmentOp())
    target = binary->getLHS();
  else if (const auto *unary = dyn_cast<UnaryOperator>(statement);
           unary && (unary->isIncrementDecrementOp() || unary->getOpcode() == UO_AddrOf))
    target = unary->getSubExpr();
  else if (const auto *call = dyn_cast<CXXOperatorCallExpr>(statement); call && call->isAssignmentOp())
    target = call->getArg(0);
  target = target ? target->IgnoreParenImpCasts() : nullptr;
  if (const auto *reference = dyn_cast_or_null<DeclRefExpr>(target))
    return reference->getDecl();
  const auto *member = dyn_cast_or_null<MemberExpr>(target);
  return member ? member->getMemberDecl() : nullptr;
}

bool mayChange(const FlowStep &step, const Expr *condition) {
  return step.changes && anyDescendant(condition, [&](const Stmt *node) {
           const auto *reference = dyn_cast<DeclRefExpr>(node);
           const auto *member = dyn_cast<MemberExpr>(node);
           return (reference && reference->getDecl() == step.changes) || (member && member->getMemberDecl() == step.changes);
         });
}

} // namespace coroguard
