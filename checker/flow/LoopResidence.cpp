// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which awaits move a coroutine, and how that flows through its body.
#include "checker/flow/LoopResidence.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

#include <deque>

using namespace clang;

namespace coroguard {

using catalog::FunctionModel;
using catalog::FunctionRole;

namespace {

/// Work handed over as a function comes back when it is awaited.
bool isGivenWork(const CallSite &call) {
  return llvm::any_of(call.arguments, [](const Expr *argument) {
    const Expr *value = peelMoves(argument);
    const CXXRecordDecl *record = value ? classOf(value->getType()) : nullptr;
    return value && ((record && record->isLambda()) || value->getType()->isFunctionPointerType() ||
                     value->getType()->isFunctionType() || (record && !operatorsOf(record, OO_Call).empty()));
  });
}

} // namespace

bool LoopResidence::mayBeOff(const Body &coroutine, const Stmt *node) {
  const Flow &flow = flowOf(coroutine);
  if (!flow.moves)
    return (flow.entry & Off) != 0;
  for (; node; node = coroutine.parentOf(node))
    if (auto found = flow.at.find(node); found != flow.at.end())
      return (found->second & Off) != 0;
  return true; // not reached as far as the flow shows
}

bool LoopResidence::mayChangeThread(const CoawaitExpr *await, const Body &body) {
  const Expr *operand = peelMoves(await->getOperand());
  const AsyncType *type = operand ? types_.classify(operand->getType()) : nullptr;
  return (type && type->model && type->model->threadHop) || hopOf(await, body) != Hop::Stays;
}

bool LoopResidence::mayEndOff(const Body &coroutine) { return (ownFlowOf(coroutine).end & Off) != 0; }

const llvm::DenseMap<const Stmt *, LoopResidence::Hop> &LoopResidence::hopsOf(const Body &coroutine) {
  if (auto found = hops_.find(&coroutine); found != hops_.end())
    return found->second;
  llvm::DenseMap<const Stmt *, Hop> hops;
  for (const Stmt *node : coroutine.nodes)
    if (const auto *await = dyn_cast<CoawaitExpr>(node))
      if (const Hop hop = hopOf(await, coroutine); hop != Hop::Stays)
        hops[await] = hop;
  return hops_[&coroutine] = std::move(hops);
}

/// Follows callees only: what a coroutine awaits.
const LoopResidence::Flow &LoopResidence::ownFlowOf(const Body &coroutine) {
  auto [entry, fresh] = ownFlows_.try_emplace(&coroutine);
  if (!fresh)
    return *entry->second; // also while it is being worked out: then as if it stayed on the loop
  auto owned = std::make_unique<Flow>();
  Flow &flow = *owned;
  entry->second = std::move(owned);
  const llvm::DenseMap<const Stmt *, Hop> hops = hopsOf(coroutine);
  if (llvm::any_of(hops, [](const auto &hop) { return hop.second != Hop::Returns; }))
    solve(coroutine, flow, hops);
  return flow;
}

/// Follows callers only: where a coroutine is started.
const LoopResidence::Flow &LoopResidence::flowOf(const Body &coroutine) {
  auto [entry, fresh] = flows_.try_emplace(&coroutine);
  if (!fresh)
    return *entry->second;
  auto owned = std::make_unique<Flow>(ownFlowOf(coroutine));
  Flow &flow = *owned;
  flows_[&coroutine] = std::move(owned);
  if (!startsOnThreads(coroutine) && !isStartedOff(coroutine))
    return flow;
  flow = Flow();
  flow.entry = flow.end = Off;
  if (const llvm::DenseMap<const Stmt *, Hop> hops = hopsOf(coroutine); !hops.empty())
    solve(coroutine, flow, hops);
  return flow;
}

void LoopResidence::solve(const Body &coroutine, Flow &flow, const llvm::DenseMap<const Stmt *, Hop> &hops) {
  flow.moves = true;
  const FlowGraph *graph = graphs_.of(coroutine);
  if (!graph)
    return; // everything is unknown then
  std::vector<uint8_t> in(graph->blocks().size(), Nowhere);
  in[graph->entry()] = flow.entry;
  std::deque<unsigned> pending{graph->entry()};
  while (!pending.empty()) {
    const unsigned block = pending.front();
    pending.pop_front();
    uint8_t state = in[block];
    for (const FlowStep &step : graph->blocks()[block].steps) {
      if (step.kind != FlowStep::Kind::Statement)
        continue;
      flow.at[step.statement] |= state;
      switch (hops.lookup_or(step.statement, Hop::Stays)) {
      case Hop::Stays: break;
      case Hop::Leaves: state = Off; break;
      case Hop::Returns: state = On; break;
      case Hop::MayLeave: state |= Off; break;
      }
    }
    for (const FlowEdge &edge : graph->blocks()[block].edges)
      if ((in[edge.to] | state) != in[edge.to]) {
        in[edge.to] |= state;
        pending.push_back(edge.to);
      }
  }
  flow.end = in[graph->exit()];
}

bool LoopResidence::keepsItsExecutor(const Body &coroutine) {
  const AsyncType *type = types_.classify(coroutine.function->getReturnType());
  // Packs say which tasks may come back elsewhere; of unknown libraries nothing is promised.
  return type && type->model && !type->model->threadHop && type->library && type->library->id != "cppcoro" &&
         type->library->id != "libcoro";
}

LoopResidence::Hop LoopResidence::hopOf(const CoawaitExpr *await, const Body &body) {
  const Expr *operand = peelMoves(await->getOperand());
  ThreadOwners &owners = contexts_.owners();
  if (const std::optional<CallSite> call = CallSite::of(operand); call && call->callee)
    if (const Hop hop = hopOfCall(*call, body); hop != Hop::Stays)
      return hop;
  const QualType type = operand->getType();
  const CXXRecordDecl *awaiter = classOf(await->getCommonExpr()->getType());
  const AsyncType *kind = types_.classify(type);
  if (!isa<CXXThisExpr>(operand->IgnoreParenImpCasts()) && owners.owns(type) && !(kind && kind->isTask()))
    return Hop::Leaves;
  return awaiter && handsToThreads(awaiter) ? Hop::Leaves : Hop::Stays;
}

LoopResidence::Hop LoopResidence::hopOfCall(const CallSite &call, const Body &body) {
  ThreadOwners &owners = contexts_.owners();
  const llvm::StringRef name = nameOf(call.callee);
  const bool ownObject = call.object && isa<CXXThisExpr>(call.object->IgnoreParenImpCasts());
  const bool onPool = call.object && !ownObject && owners.ownsValue(call.object);
  const bool toPool = llvm::any_of(call.arguments, [&](const Expr *argument) { return owners.ownsValue(argument); });
  const bool sticky = keepsItsExecutor(body);
  if (says::returnsToLoop(name))
    return Hop::Returns;
  for (const FunctionModel *row : callees_.models(call)) {
    if (row->role == FunctionRole::ResumeOn)
      return toPool || onPool ? Hop::Leaves : Hop::Returns;
    if (row->role == FunctionRole::Offload && !isGivenWork(call)) {
      // `co_await resume_background()`: there is nothing it could move but who awaits it.
      const bool movesAwaiter = !call.object && call.arguments.empty();
      return sticky && !onPool && !movesAwaiter ? Hop::Stays : Hop::Leaves;
    }
    if (row->role == FunctionRole::Offload || (row->role == FunctionRole::Spawner && sticky))
      return Hop::Stays;
  }
  if (const Body *callee = code_.bodyOf(call.callee); callee && callee->isCoroutine())
    return !keepsItsExecutor(*callee) && mayEndOff(*callee) ? Hop::MayLeave : Hop::Stays;
  if (onPool || toPool)
    return isGivenWork(call) ? Hop::MayLeave : Hop::Leaves;
  if (call.object && !ownObject && owners.isLoop(call.object->getType()))
    return Hop::Returns;
  return says::leavesLoop(name) && !isGivenWork(call) ? Hop::Leaves : Hop::Stays;
}

/// `void await_suspend(std::coroutine_handle<> h) { std::thread([h] { h.resume(); }).detach(); }`
bool LoopResidence::handsToThreads(const CXXRecordDecl *awaiter) {
  for (const CXXMethodDecl *suspend : methodsNamed(awaiter, "await_suspend")) {
    const Body *body = code_.bodyOf(suspend);
    if (const FunctionTemplateDecl *pattern = suspend->getDescribedFunctionTemplate(); pattern && !body)
      for (const FunctionDecl *instance : pattern->specializations())
        body = body ? body : code_.bodyOf(instance);
    if (!body)
      continue;
    for (const Stmt *node : body->nodes) {
      const std::optional<CallSite> call = CallSite::of(node);
      if (!call || !call->callee)
        continue;
      if (isa<CXXConstructExpr>(node) && types_.hasRole(cast<Expr>(node)->getType(), catalog::TypeRole::Thread))
        return true;
      if (call->object && contexts_.ownsThreads(call->object->getType()) && !call->arguments.empty())
        return true;
      if (callees_.model(*call, FunctionRole::Thread) || callees_.model(*call, FunctionRole::Offload))
        return true;
    }
  }
  return false;
}

/// Its promise's initial_suspend hands it to threads before its first line.
bool LoopResidence::startsOnThreads(const Body &coroutine) {
  const auto *body = dyn_cast_or_null<CoroutineBodyStmt>(coroutine.function->getBody());
  const Stmt *start = body ? body->getInitSuspendStmt() : nullptr;
  return start && anyDescendant(start, [&](const Stmt *node) {
    const auto *await = dyn_cast<CoroutineSuspendExpr>(node);
    const CXXRecordDecl *awaiter = await ? classOf(await->getCommonExpr()->getType()) : nullptr;
    return awaiter && handsToThreads(awaiter);
  });
}

void LoopResidence::print(const Body &coroutine, llvm::raw_ostream &out) {
  static constexpr llvm::StringLiteral kHops[] = {"stays", "leaves the loop", "returns to the loop", "may leave the loop"};
  if (!coroutine.isCoroutine())
    return;
  const llvm::DenseMap<const Stmt *, Hop> hops = hopsOf(coroutine);
  for (const CoawaitExpr *await : coroutine.all<CoawaitExpr>())
    out << quoted(await, graphs_.context()) << (mayBeOff(coroutine, await) ? " may be off the loop, " : " on the loop, ")
        << kHops[static_cast<unsigned>(hops.lookup_or(await, Hop::Stays))] << '\n';
  out << "whoever awaits it " << (mayEndOff(coroutine) ? "may be off the loop afterwards" : "stays where it is") << '\n';
}

namespace {

/// The expression that hands the value of `expr` on, past copies, casts and temporaries.
const Stmt *receiverOf(const Stmt *expr, const Body &body) {
  const Stmt *parent = body.meaningfulParentOf(expr);
  while (parent && ((isa<CXXConstructExpr>(parent) && cast<CXXConstructExpr>(parent)->getConstructor()->isCopyOrMoveConstructor()) ||
                    (isa<CallExpr>(parent) && peelMoves(cast<CallExpr>(parent)) != parent)))
    parent = body.meaningfulParentOf(parent);
  return parent;
}

} // namespace

void LoopResidence::findStarts() {
  startsFound_ = true;
  for (const Body &body : code_.bodies())
    for (const Stmt *node : body.nodes) {
      if (const std::optional<CallSite> call = CallSite::of(node)) {
        const Body *target = code_.bodyOf(call->callee);
        if (target && target->isCoroutine())
          starts_[target].push_back({&body, call->expr});
      }
      // Given away uncalled: `co_spawn(pool, [] -> awaitable<void> { … }, detached)`.
      if (!Callables::isMention(node))
        continue;
      const std::optional<CallSite> receiver = CallSite::of(receiverOf(node, body));
      if (!receiver || (receiver->object && peelMoves(receiver->object) == node) ||
          (isa<CallExpr>(receiver->expr) && cast<CallExpr>(receiver->expr)->getCallee()->IgnoreParenImpCasts() == node))
        continue; // held, or called: the calls count
      for (const Body *target : contexts_.callables().bodiesOf(cast<Expr>(node), body))
        if (target->isCoroutine())
          starts_[target].push_back({&body, cast<Expr>(node)});
    }
}

bool LoopResidence::startsOff(const Start &start, bool throughVariable) {
  ThreadOwners &owners = contexts_.owners();
  const Stmt *child = start.call;
  for (const Stmt *parent = start.where->parentOf(child); parent; child = parent, parent = start.where->parentOf(parent)) {
    if (isa<CoawaitExpr>(parent))
      return start.where->isCoroutine() && mayBeOff(*start.where, parent); // it runs where its caller runs
    if (const std::optional<CallSite> call = CallSite::of(parent)) {
      const bool pool = llvm::any_of(call->arguments, [&](const Expr *argument) {
        return argument != child && owners.ownsValue(argument);
      });
      if (pool || (call->object && owners.ownsValue(call->object) && call->object != child))
        return true;
      continue;
    }
    // Held first: `auto task = work(); pool.spawn(std::move(task));`
    if (const auto *declaration = dyn_cast<DeclStmt>(parent); declaration && declaration->isSingleDecl() && throughVariable)
      if (const auto *variable = dyn_cast<VarDecl>(declaration->getSingleDecl()))
        return llvm::any_of(start.where->references(variable), [&](const DeclRefExpr *reference) {
          return startsOff({start.where, reference}, false);
        });
    if (!isa<Expr>(parent))
      break;
  }
  // Kept somewhere: most likely awaited where it was made.
  return start.where->isCoroutine() && mayBeOff(*start.where, start.call);
}

bool LoopResidence::isStartedOff(const Body &coroutine) {
  if (!startsFound_)
    findStarts();
  auto found = starts_.find(&coroutine);
  if (found == starts_.end())
    return false;
  const llvm::SmallVector<Start, 2> starts = found->second;
  // Given to a pool, a lambda is called in what the pool makes of it: a template's instance for it, wherever that stands.
  const bool given = coroutine.lambda && llvm::any_of(starts, [&](const Start &start) {
    return start.where == coroutine.parent && Callables::isMention(start.call) && startsOff(start, true);
  });
  // A lambda is mentioned where it is written, and started where it is called.
  return llvm::all_of(starts, [&](const Start &start) {
    return (given && start.where != coroutine.parent && start.where->isInstantiation()) || startsOff(start, true);
  });
}

} // namespace coroguard
