// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each lock along the ways through a body.
#include "checker/flow/HeldLocks.h"

#include "checker/flow/TrackedLock.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {

using enum TrackedLock::Phase;

namespace {

/// `std::mutex *raw = guard.release();`: the mutex stays locked, and the pointer is who knows it. The guard, or null.
const Expr *releasedInto(const VarDecl *variable, TaskTypes &types) {
  const auto *call = variable->hasInit() && variable->getType()->isPointerType() ? dyn_cast_or_null<CXXMemberCallExpr>(peel(variable->getInit())) : nullptr;
  const bool releases = call && nameOf(call->getMethodDecl()) == "release" && isLockGuard(call->getImplicitObjectArgument()->getType(), types) &&
                        isBlockingMutex(variable->getType()->getPointeeType(), types);
  return releases ? call->getImplicitObjectArgument() : nullptr;
}

bool isAwaited(const Expr *value) {
  return value && anyDescendant(value, [](const Stmt *node) { return isa<CoawaitExpr>(node); });
}

} // namespace

/// A guard of the user's that has a function of its own to give the lock back.
bool HeldLocks::unlocksItself(const CXXMemberCallExpr *call) {
  const CXXMethodDecl *method = call->getMethodDecl();
  const Body *body = method && !method->isConst() ? code_.bodyOf(method) : nullptr;
  return body && llvm::any_of(body->nodes, [&](const Stmt *node) {
           const auto *inner = dyn_cast<CXXMemberCallExpr>(node);
           return inner && (lockCall(nameOf(inner->getMethodDecl())) == LockCall::Unlocks || unlocksMutex(inner, types_));
         });
}

bool HeldLocks::gives(const Expr *value) {
  const auto *call = dyn_cast_or_null<CallExpr>(value ? peel(value) : nullptr);
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  return givesLock(value, types_) && !(callee && code_.bodyOf(callee) && !returnsHeld(callee));
}

void HeldLocks::passCall(const TrackedLock &lock, const Expr *node, PathFact &fact) {
  if (const auto *call = dyn_cast<CallExpr>(node)) {
    const Expr *object = nullptr;
    const LockCall direct = lock.guard ? LockCall::None : lockCall(call, object);
    if (direct != LockCall::None && lock.isIt(object))
      fact = direct == LockCall::Unlocks ? PathFact{Free} : PathFact{direct == LockCall::Locks ? Held : Tried, call};
    else if (isStdFunction(call, "lock") && lock.isAmong(call))
      fact = {Held, call};
    else if (isStdFunction(call, "try_lock") && lock.isAmong(call))
      fact = {Tried, call};
    else if (lock.guard && call->getNumArgs() >= 1 && (isStdFunction(call, "move") || isStdFunction(call, "swap") || isStdFunction(call, "exchange")) &&
             lock.isIt(call->getArg(0)))
      fact = {Free};
  }
  const std::optional<CallSite> site = CallSite::of(node);
  if (!site || !site->callee)
    return;
  for (const LockEffect &effect : effectsOf(site->callee)) {
    if (!(AccessPath::atCall(effect.lock, *site, context_) == lock.path))
      continue;
    switch (effect.kind) {
    case LockEffect::Kind::Locks: fact = {Held, node, effect.at}; break;
    case LockEffect::Kind::Tries: fact = {Tried, node, effect.at}; break;
    case LockEffect::Kind::Unlocks:
    case LockEffect::Kind::Unclear: fact = {Free}; break;
    }
  }
}

/// `co_await Parked{this}`, whose `await_suspend` unlocks the mutex that its caller has locked.
bool HeldLocks::isGivenBackBy(const Stmt *await, const TrackedLock &lock) {
  if (lock.guard || lock.path.members.empty())
    return false;
  const CXXRecordDecl *awaiter = classOf(cast<CoroutineSuspendExpr>(await)->getCommonExpr()->getType());
  const auto unlocksIt = [&](const Stmt *node) {
    const auto *call = dyn_cast<CXXMemberCallExpr>(node);
    if (!call || lockCall(nameOf(call->getMethodDecl())) != LockCall::Unlocks)
      return false;
    const AccessPath path = AccessPath::of(call->getImplicitObjectArgument(), context_);
    return !path.members.empty() && path.members.back() == lock.path.members.back();
  };
  return awaiter && llvm::any_of(methodsNamed(awaiter, "await_suspend"), [&](const CXXMethodDecl *suspend) {
           const Body *body = code_.bodyOf(suspend);
           return body && llvm::any_of(body->nodes, unlocksIt);
         });
}

void HeldLocks::pass(const TrackedLock &lock, const FlowStep &step, PathFact &fact) {
  if (step.kind == FlowStep::Kind::Suspension && isa<CoroutineSuspendExpr>(step.statement) && isGivenBackBy(step.statement, lock))
    fact = {Free};
  if (step.kind == FlowStep::Kind::ScopeEnd && lock.guard && step.variable == lock.guard)
    fact = {Free};
  if (step.kind == FlowStep::Kind::ScopeEnd && lock.isReversedBy(step.variable))
    fact = {Held, step.variable->getInit()};
  if (step.kind != FlowStep::Kind::Statement)
    return;
  if (const auto *declaration = dyn_cast<DeclStmt>(step.statement)) {
    if (lock.guard && llvm::is_contained(declaration->decls(), lock.guard))
      fact = gives(lock.guard->getInit()) ? PathFact{Held, step.statement} : PathFact{Free};
    else if (const auto *pointer = lock.guard ? nullptr : dyn_cast_or_null<VarDecl>(lock.path.variable);
             pointer && lock.path.members.empty() && llvm::is_contained(declaration->decls(), pointer) && releasedInto(pointer, types_))
      fact = {Held, step.statement};
    else if (llvm::any_of(declaration->decls(), [&](const Decl *decl) { return lock.isReversedBy(dyn_cast<VarDecl>(decl)); }))
      fact = {Free};
    return;
  }
  if (const auto *call = dyn_cast<CXXMemberCallExpr>(step.statement); call && lock.isIt(call->getImplicitObjectArgument())) {
    switch (lockCall(nameOf(call->getMethodDecl()))) {
    case LockCall::Locks: fact = {Held, call}; return;
    case LockCall::Tries: fact = {Tried, call}; return;
    case LockCall::Unlocks: fact = {Free}; return;
    case LockCall::None: break;
    }
    if (lock.guard && unlocksItself(call))
      fact = {Free};
    return;
  }
  const auto *assignment = dyn_cast<CXXOperatorCallExpr>(step.statement);
  if (assignment && assignment->getOperator() == OO_Equal && lock.isIt(assignment->getArg(0))) {
    fact = gives(assignment->getArg(1)) ? PathFact{Held, assignment} : PathFact{Free};
    return;
  }
  if (const auto *construct = dyn_cast<CXXConstructExpr>(step.statement);
      construct && !lock.guard && hasArgumentOf(construct, "adopt_lock_t") && lock.isIn(construct)) {
    fact = {Free}; // the guard's from here on
    return;
  }
  if (isa<CallExpr, CXXConstructExpr>(step.statement))
    passCall(lock, cast<Expr>(step.statement), fact);
}

/// Locks that a call takes by hand, itself or in a helper; with `unlockedToo` those that it only gives back.
void HeldLocks::addCalled(const Expr *expr, bool unlockedToo, llvm::function_ref<void(const AccessPath &, const Expr *)> add) {
  auto wanted = [&](LockCall what) { return what == LockCall::Locks || what == LockCall::Tries || (unlockedToo && what == LockCall::Unlocks); };
  const auto *call = dyn_cast<CallExpr>(expr);
  const Expr *object = nullptr;
  if (call && wanted(lockCall(call, object)))
    add(AccessPath::of(object, context_), object);
  if (call && (isStdFunction(call, "lock") || isStdFunction(call, "try_lock")))
    for (const Expr *argument : call->arguments())
      if (isBlockingMutex(argument->getType(), types_))
        add(AccessPath::of(argument, context_), argument);
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(expr)) {
    const Expr *of = member->getImplicitObjectArgument();
    const QualType type = pointedTo(of->getType());
    if (wanted(lockCall(nameOf(member->getMethodDecl()))) && (isBlockingMutex(type, types_) || isLockGuard(type, types_)))
      add(AccessPath::of(of, context_), of);
  }
  const auto *assignment = dyn_cast<CXXOperatorCallExpr>(expr);
  if (assignment && assignment->getOperator() == OO_Equal && isLockGuard(assignment->getArg(0)->getType(), types_) &&
      !isAwaited(assignment->getArg(1)))
    add(AccessPath::of(assignment->getArg(0), context_), assignment->getArg(0));
  const std::optional<CallSite> site = CallSite::of(expr);
  if (site && site->callee)
    for (const LockEffect &effect : effectsOf(site->callee))
      if (unlockedToo || effect.kind == LockEffect::Kind::Locks || effect.kind == LockEffect::Kind::Tries)
        add(AccessPath::atCall(effect.lock, *site, context_), nullptr);
}

std::vector<TrackedLock> HeldLocks::locksOf(const Body &body, bool unlockedToo) {
  std::vector<TrackedLock> locks;
  auto addGuards = [&](const DeclStmt *declaration) {
    for (const Decl *decl : declaration->decls())
      if (const auto *pointer = dyn_cast<VarDecl>(decl); pointer && pointer->hasLocalStorage() && releasedInto(pointer, types_)) {
        AccessPath path;
        path.root = AccessPath::Root::Variable;
        path.variable = pointer->getCanonicalDecl();
        locks.push_back({nullptr, path, pointer->getNameAsString(), &context_});
      } else if (const auto *variable = dyn_cast<VarDecl>(decl);
          variable && variable->hasLocalStorage() && isLockGuard(variable->getType(), types_) && !isAwaited(variable->getInit())) {
        AccessPath path;
        path.root = AccessPath::Root::Variable;
        path.variable = variable->getCanonicalDecl();
        locks.push_back({variable, path, variable->getNameAsString(), &context_});
      }
  };
  auto add = [&](const AccessPath &path, const Expr *object) {
    if (path && llvm::none_of(locks, [&](const TrackedLock &known) { return known.path == path; }))
      locks.push_back({nullptr, path, object && !isa<CXXThisExpr>(object) ? sourceText(object, context_) : path.text(), &context_});
  };
  for (const Stmt *node : body.nodes)
    if (const auto *declaration = dyn_cast<DeclStmt>(node))
      addGuards(declaration);
    else if (isa<CallExpr, CXXConstructExpr>(node))
      addCalled(cast<Expr>(node), unlockedToo, add);
  return locks;
}

bool HeldLocks::follow(const FlowGraph &graph, const TrackedLock &lock, Effort &effort, PathFact atEntry,
                       llvm::function_ref<void(const FlowStep &, const PathFact &)> atStep,
                       llvm::function_ref<void(const PathFact &)> atExit, WalkedEdges edges) {
  return walkPaths(
      graph, effort, atEntry,
      [&](const FlowStep &step, PathFact &fact) {
        atStep(step, fact);
        pass(lock, step, fact);
        return Way::GoesOn;
      },
      [&](const FlowEdge &edge, PathFact &fact) {
        lock.take(edge, graph.body(), fact);
        if (edge.to == graph.exit())
          atExit(fact);
        return Way::GoesOn;
      },
      edges);
}

std::vector<std::string> HeldLocks::keptAtExit(const Body &body) {
  std::vector<std::string> kept;
  std::vector<TrackedLock> locks = locksOf(body);
  llvm::erase_if(locks, [](const TrackedLock &lock) { return lock.guard != nullptr; });
  const FlowGraph *graph = locks.empty() ? nullptr : graphs_.of(body);
  if (!graph)
    return kept;
  Effort effort;
  for (const TrackedLock &lock : locks) {
    bool held = false;
    const bool finished = follow(*graph, lock, effort, {Free}, [](const FlowStep &, const PathFact &) {},
                                 [&](const PathFact &fact) { held |= fact.phase != Free; });
    if (finished && held)
      kept.push_back(lock.name);
  }
  return kept;
}

/// How a lock is left by a function that finds it in one state.
struct HeldLocks::Outcome {
  bool finished = false, held = false, free = false;
  bool toldByResult = true;    ///< it returns true exactly where it is held
  const Stmt *taken = nullptr;
};

HeldLocks::Outcome HeldLocks::outcomeOf(const FlowGraph &graph, const TrackedLock &lock, unsigned before, Effort &effort) {
  Outcome outcome;
  outcome.finished = follow(
      graph, lock, effort, {before},
      [&](const FlowStep &step, const PathFact &fact) {
        const auto *result = step.kind == FlowStep::Kind::Statement ? dyn_cast<ReturnStmt>(step.statement) : nullptr;
        const Expr *value = result && result->getRetValue() ? peel(result->getRetValue()) : nullptr;
        const auto *constant = dyn_cast_or_null<CXXBoolLiteralExpr>(value);
        if (result)
          outcome.toldByResult &= fact.phase == Tried ? value == fact.since : constant && constant->getValue() == (fact.phase == Held);
      },
      [&](const PathFact &fact) {
        outcome.held |= fact.phase != Free;
        outcome.free |= fact.phase != Held;
        if (fact.phase != Free)
          outcome.taken = fact.cause ? fact.cause : fact.since;
      });
  return outcome;
}

std::optional<LockEffect> HeldLocks::effectOn(const TrackedLock &lock, const FlowGraph &graph, Effort &effort) {
  using Kind = LockEffect::Kind;
  const FunctionDecl *function = graph.body().function;
  const Outcome locking = outcomeOf(graph, lock, Free, effort);
  if (!locking.finished)
    return LockEffect{Kind::Unclear, lock.path, nullptr};
  if (locking.held && locking.free)
    return LockEffect{locking.toldByResult && function->getReturnType()->isBooleanType() ? Kind::Tries : Kind::Unclear, lock.path,
                      locking.taken};
  if (locking.held)
    return LockEffect{Kind::Locks, lock.path, locking.taken};
  const Outcome unlocking = outcomeOf(graph, lock, Held, effort);
  if (unlocking.finished && !unlocking.free)
    return std::nullopt;
  return LockEffect{unlocking.finished && !unlocking.held ? Kind::Unlocks : Kind::Unclear, lock.path, nullptr};
}

/// Not what locks for the life of an object, as guards do, and not what another function may override.
bool HeldLocks::mayActOnLocks(const FunctionDecl *function) {
  if (isa<CXXConstructorDecl, CXXDestructorDecl>(function))
    return false;
  const auto *method = dyn_cast<CXXMethodDecl>(function);
  const CXXRecordDecl *result = classOf(function->getReturnType());
  if ((method && method->isVirtual()) || (result && result->hasDefinition() && result->hasNonTrivialDestructor()))
    return false;
  const QualType self = method && !method->getParent()->isLambda() ? context_.getCanonicalTagType(method->getParent()) : QualType();
  return self.isNull() || (!isBlockingMutex(self, types_) && !isLockGuard(self, types_));
}

llvm::ArrayRef<LockEffect> HeldLocks::effectsOf(const FunctionDecl *function) {
  const Body *body = depth_ < 8 ? code_.bodyOf(function) : nullptr;
  if (!body || body->isCoroutine())
    return {};
  if (auto known = effects_.find(body->function); known != effects_.end())
    return known->second;
  effects_[body->function]; // who calls himself does nothing more
  if (!mayActOnLocks(function))
    return {};
  ++depth_;
  std::vector<LockEffect> effects;
  const std::vector<TrackedLock> locks = locksOf(*body, /*unlockedToo=*/true);
  const bool any = llvm::any_of(locks, [](const TrackedLock &lock) { return !lock.guard && lock.path.root != AccessPath::Root::Spelled; });
  Effort effort;
  if (const FlowGraph *graph = any ? graphs_.of(*body) : nullptr)
    for (const TrackedLock &lock : locks)
      if (!lock.guard && lock.path.root != AccessPath::Root::Spelled)
        if (const std::optional<LockEffect> effect = effectOn(lock, *graph, effort))
          effects.push_back(*effect);
  --depth_;
  std::vector<LockEffect> &kept = effects_[body->function];
  kept = std::move(effects);
  return kept;
}

bool HeldLocks::returnsHeld(const FunctionDecl *function) {
  const Body *body = depth_ < 8 ? code_.bodyOf(function) : nullptr;
  if (!body || body->isCoroutine())
    return true;
  if (auto known = returnsHeld_.find(body->function); known != returnsHeld_.end())
    return known->second;
  returnsHeld_[body->function] = false;
  ++depth_;
  bool held = true;
  const std::vector<TrackedLock> locks = locksOf(*body);
  const FlowGraph *graph = graphs_.of(*body);
  Effort effort;
  for (const ReturnStmt *result : body->all<ReturnStmt>()) {
    const auto *reference = dyn_cast_or_null<DeclRefExpr>(peelMoves(result->getRetValue()));
    const auto lock = llvm::find_if(locks, [&](const TrackedLock &each) { return reference && each.guard == reference->getDecl(); });
    if (lock == locks.end()) {
      held &= result->getRetValue() && gives(result->getRetValue());
      continue;
    }
    auto look = [&](const FlowStep &step, const PathFact &fact) { held &= step.statement != reference || fact.phase == Held; };
    held &= graph && follow(*graph, *lock, effort, {Free}, look, [](const PathFact &) {});
  }
  --depth_;
  return returnsHeld_[body->function] = held;
}

std::vector<UnderLock> HeldLocks::find(const Body &body, llvm::function_ref<bool(const FlowStep &, const TrackedLock &)> wanted) {
  std::vector<UnderLock> found;
  const std::vector<TrackedLock> locks = locksOf(body);
  const FlowGraph *graph = locks.empty() ? nullptr : graphs_.of(body);
  if (!graph)
    return found;
  Effort effort;
  for (const TrackedLock &lock : locks) {
    std::vector<UnderLock> here;
    auto look = [&](const FlowStep &step, const PathFact &fact) {
      if (fact.phase == Held && wanted(step, lock) &&
          llvm::none_of(here, [&](const UnderLock &known) { return known.at == step.statement; }))
        here.push_back({step.statement, fact.since, lock.guard, lock.name, fact.cause});
    };
    if (follow(*graph, lock, effort, {Free}, look, [](const PathFact &) {}, {.handlers = true}))
      found.insert(found.end(), here.begin(), here.end());
  }
  return found;
}

void HeldLocks::print(const Body &body, llvm::raw_ostream &out) {
  const std::vector<TrackedLock> locks = locksOf(body);
  const FlowGraph *graph = locks.empty() ? nullptr : graphs_.of(body);
  for (const TrackedLock &lock : locks)
    if (graph)
      print(body, *graph, lock, out);
}

void HeldLocks::print(const Body &body, const FlowGraph &graph, const TrackedLock &lock, llvm::raw_ostream &out) {
  if (lock.guard)
    out << "guard `" << lock.name << "` " << lineAndColumn(lock.guard->getLocation(), context_) << " of type `"
        << lock.guard->getType().getAsString(context_.getPrintingPolicy()) << "`\n";
  else
    out << "mutex `" << lock.name << "` locked by hand\n";
  struct Seen {
    bool held = false, free = false;
    const Stmt *taken = nullptr;
  };
  llvm::DenseMap<const Stmt *, Seen> seen;
  Seen exit;
  auto note = [](Seen &at, const PathFact &fact) {
    (fact.phase == Held ? at.held : at.free) = true;
    if (fact.phase == Held)
      at.taken = fact.since;
  };
  Effort effort;
  const bool finished = follow(
      graph, lock, effort, {Free},
      [&](const FlowStep &step, const PathFact &fact) {
        if (step.kind == FlowStep::Kind::Suspension)
          note(seen[step.statement], fact);
      },
      [&](const PathFact &fact) { note(exit, fact); });
  auto say = [&](const Seen &at) {
    out << (at.held ? at.free ? "held on some ways" : "held" : "free");
    if (at.held)
      out << ", taken " << quoted(at.taken, context_);
    out << '\n';
  };
  for (const Stmt *node : body.nodes)
    if (auto at = seen.find(node); at != seen.end()) {
      out << "  " << quoted(node, context_) << ": ";
      say(at->second);
    }
  if (!lock.guard) {
    out << "  at the exit: ";
    say(exit);
  }
  if (!finished)
    out << "  too many ways to follow them all: nothing is reported\n";
}

std::vector<UnderLock> HeldLocks::suspensions(const Body &body) {
  const bool suspends = body.isCoroutine() && llvm::any_of(body.nodes, [](const Stmt *node) { return isa<CoroutineSuspendExpr>(node); });
  if (!suspends)
    return {};
  std::vector<UnderLock> found = find(body, [&](const FlowStep &step, const TrackedLock &lock) {
    return step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && body.has(step.statement) &&
           !lock.isIn(cast<CoroutineSuspendExpr>(step.statement)->getOperand(), &types_) && !isGivenBackBy(step.statement, lock);
  });
  // Several awaits in one statement are one mistake.
  auto statementOf = [&](const Stmt *node) {
    const Stmt *parent = body.parentOf(node);
    while (isa_and_nonnull<Expr>(parent)) {
      node = parent;
      parent = body.parentOf(node);
    }
    return node;
  };
  std::vector<UnderLock> once;
  for (const UnderLock &each : found)
    if (llvm::none_of(once, [&](const UnderLock &known) { return statementOf(known.at) == statementOf(each.at); }))
      once.push_back(each);
  return once;
}

std::vector<UnderLock> HeldLocks::statements(const Body &body, llvm::function_ref<bool(const Stmt *)> wanted) {
  if (llvm::none_of(body.nodes, [&](const Stmt *node) { return wanted(node); }))
    return {};
  return find(body, [&](const FlowStep &step, const TrackedLock &) {
    return step.kind == FlowStep::Kind::Statement && wanted(step.statement);
  });
}

} // namespace coroguard
