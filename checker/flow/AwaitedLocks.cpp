// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each awaited lock along the ways through its coroutine, and each await under it into the coroutines of the unit.
#include "checker/flow/AwaitedLocks.h"

#include "checker/flow/LockTypes.h"
#include "checker/flow/Storage.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Vocabulary.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {

/// A lock of a body, and what gives it back when it dies.
struct AwaitedLocks::Hold {
  AwaitedLock lock;
  const VarDecl *guard = nullptr;                   ///< what the await gave; null if it is given back by hand
  llvm::SmallVector<const VarDecl *, 2> releasers;  ///< the guard, `lock_guard adopted(mutex, adopt_lock)`, a scope guard
};

namespace {

enum Phase : unsigned { Free, Held };

const CallExpr *awaitedCall(const CoawaitExpr *await) { return dyn_cast_or_null<CallExpr>(peelMoves(await->getOperand())); }

bool isReaders(llvm::StringRef method) { return containsAny(method, {"shared", "read"}); }

/// A question about the lock, or about what the caller says of it, before `at`: `if (!locked) co_await …`.
bool dependsOnCaller(const Stmt *at, const Body &body) {
  const SourceManager &sources = body.function->getASTContext().getSourceManager();
  auto isTold = [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    const auto *call = dyn_cast<CallExpr>(node);
    const ValueDecl *named = reference ? reference->getDecl() : nullptr;
    return (isa_and_nonnull<ParmVarDecl>(named) && named->getType().getNonReferenceType()->isBooleanType()) ||
           says::isAboutHolding(nameOf(call ? call->getDirectCallee() : nullptr)) || says::isAboutHolding(nameOf(named));
  };
  return llvm::any_of(body.nodes, [&](const Stmt *node) {
    const auto *branch = dyn_cast<IfStmt>(node);
    return branch && sources.isBeforeInTranslationUnit(branch->getBeginLoc(), at->getBeginLoc()) && anyDescendant(branch->getCond(), isTold);
  });
}

} // namespace

std::optional<AwaitedLock> AwaitedLocks::lockOf(const CoawaitExpr *await) {
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(awaitedCall(await));
  const CXXMethodDecl *method = call ? call->getMethodDecl() : nullptr;
  if (!method || !says::locks(nameOf(method))) return std::nullopt;
  const Expr *object = call->getImplicitObjectArgument();
  const CXXRecordDecl *record = classOf(pointedTo(object->getType()));
  const bool mutex = record && (says::isMutex(nameOf(record)) || containsAny(nameOf(record), {"lock"}) ||
                                (types_.hasRole(pointedTo(object->getType()), catalog::TypeRole::AsyncMutex) && containsAny(nameOf(method), {"lock"})));
  if (!mutex) return std::nullopt;
  return AwaitedLock{await, AccessPath::of(object, context_), sourceText(object, context_), isReaders(nameOf(method)),
                     containsAny(nameOf(record), {"recursive", "reentrant"})};
}

/// `mutex.unlock()`, or a function of the unit that calls it for the same member.
bool AwaitedLocks::unlocks(const Expr *expr, const AwaitedLock &lock) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(expr);
  if (call && call->getMethodDecl() && says::unlocks(nameOf(call->getMethodDecl())) &&
      AccessPath::of(call->getImplicitObjectArgument(), context_) == lock.path)
    return true;
  const std::optional<CallSite> site = CallSite::of(expr);
  const Body *callee = site && site->callee ? code_.bodyOf(site->callee) : nullptr;
  return callee && llvm::any_of(callee->nodes, [&](const Stmt *node) {
           const auto *inner = dyn_cast<CXXMemberCallExpr>(node);
           return inner && says::unlocks(nameOf(inner->getMethodDecl())) &&
                  AccessPath::atCall(AccessPath::of(inner->getImplicitObjectArgument(), context_), *site, context_) == lock.path;
         });
}

/// `co_await Parked{this, mutex}`: an operation that is given the mutex, or the object that it is a member of, may unlock it until it goes
/// on. Coroutines of the unit are looked into instead.
bool AwaitedLocks::mayGiveBack(const CoawaitExpr *await, const AccessPath &lock) {
  const std::optional<CallSite> site = CallSite::of(awaitedCall(await));
  if (lockOf(await) || (site && site->callee && code_.bodyOf(site->callee))) return false;
  auto leadsToIt = [&](const Expr *given) {
    const AccessPath path = given ? AccessPath::of(given, context_) : AccessPath();
    return path && path.root == lock.root && path.variable == lock.variable && path.spelling == lock.spelling &&
           llvm::ArrayRef(lock.members).take_front(path.members.size()) == llvm::ArrayRef(path.members);
  };
  return anyDescendant(await->getOperand(), [&](const Stmt *node) {
    const std::optional<CallSite> made = CallSite::of(node);
    const auto *list = dyn_cast<InitListExpr>(node);
    return (made && llvm::any_of(made->arguments, leadsToIt)) || (list && llvm::any_of(list->inits(), leadsToIt));
  });
}

/// None if the lock goes where nobody follows it: into a member, a container, a closure, another function.
std::optional<AwaitedLocks::Hold> AwaitedLocks::holdOf(const AwaitedLock &lock, const Body &body) {
  Hold hold{lock, nullptr, {}};
  const CXXRecordDecl *result = classOf(lock.await->getType());
  const bool byHand = lock.await->getType()->isVoidType();
  if (!byHand && (!result || !result->hasDefinition() || result->hasTrivialDestructor())) return std::nullopt;
  auto isThisLock = [&](const Stmt *node) {
    const auto *expr = dyn_cast<Expr>(node);
    return expr && isa<DeclRefExpr, MemberExpr>(expr) && AccessPath::of(expr, context_) == lock.path;
  };
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls()) {
      const auto *variable = dyn_cast<VarDecl>(decl);
      if (!variable || !variable->hasInit()) continue;
      if (peelMoves(variable->getInit()) == lock.await) hold.guard = variable;
      const bool adopts = byHand && !variable->getType()->isReferenceType() && anyDescendant(variable->getInit(), isThisLock) &&
                          !anyDescendant(variable->getInit(), llvm::IsaPred<CoawaitExpr>);
      if (variable == hold.guard || adopts) hold.releasers.push_back(variable);
    }
  if (!byHand && !hold.guard) return std::nullopt;
  const bool captured = llvm::any_of(body.all<LambdaExpr>(), [&](const LambdaExpr *lambda) {
    return llvm::any_of(hold.releasers, [&](const VarDecl *each) {
      return llvm::any_of(lambda->captures(), [&](const LambdaCapture &capture) { return capture.capturesVariable() && capture.getCapturedVar() == each; });
    });
  });
  return captured ? std::nullopt : std::optional<Hold>(std::move(hold));
}

void AwaitedLocks::pass(const Hold &hold, const FlowStep &step, PathFact &fact) {
  if (step.kind == FlowStep::Kind::ScopeEnd && llvm::is_contained(hold.releasers, step.variable)) fact = {Free};
  const auto *await = step.kind == FlowStep::Kind::Suspension ? dyn_cast<CoawaitExpr>(step.statement) : nullptr;
  if (await && fact.phase == Held && mayGiveBack(await, hold.lock.path)) fact = {Free};
  if (step.kind != FlowStep::Kind::Statement) return;
  const auto *declaration = dyn_cast<DeclStmt>(step.statement);
  if (hold.guard ? declaration && llvm::is_contained(declaration->decls(), hold.guard) : step.statement == hold.lock.await) {
    fact = {Held, step.statement};
    return;
  }
  const auto *expr = dyn_cast<Expr>(step.statement);
  if (!expr || fact.phase == Free) return;
  const std::optional<CallSite> site = CallSite::of(expr);
  auto isReleaser = [&](const Expr *given) {
    const auto *reference = dyn_cast_or_null<DeclRefExpr>(given ? peelMoves(given) : nullptr);
    return reference && llvm::is_contained(hold.releasers, reference->getDecl());
  };
  // A guard that is unlocked, moved, swapped or assigned to; a mutex that is unlocked.
  const bool touched = site && ((site->object && isReleaser(site->object) && !(site->callee && cast<CXXMethodDecl>(site->callee)->isConst())) ||
                                llvm::any_of(site->arguments, isReleaser));
  if (touched || unlocks(expr, hold.lock)) fact = {Free};
}

/// What an await waits for: `co_await mutex.lock()` the mutex, `co_await store(key)` what store() locks, as the awaiting
/// body names it. `in` becomes the coroutine that locks it; null for the first.
std::vector<AwaitedLock> AwaitedLocks::wantedBy(const CoawaitExpr *await, std::vector<const FunctionDecl *> &in) {
  std::vector<AwaitedLock> wanted;
  if (std::optional<AwaitedLock> own = lockOf(await)) {
    in.push_back(nullptr);
    return {std::move(*own)};
  }
  struct Visit {
    const Body *body;
    llvm::SmallVector<CallSite, 4> calls; ///< the way to it, the outermost first
  };
  constexpr unsigned kMaxVisits = 64, kMaxDepth = 8;
  std::vector<Visit> visits;
  llvm::SmallPtrSet<const Body *, 16> seen;
  auto enter = [&](const CoawaitExpr *at, llvm::ArrayRef<CallSite> way) {
    const std::optional<CallSite> site = CallSite::of(awaitedCall(at));
    const Body *callee = site && site->callee ? code_.bodyOf(site->callee) : nullptr;
    if (!callee || !callee->isCoroutine() || way.size() >= kMaxDepth || visits.size() >= kMaxVisits || !seen.insert(callee).second) return;
    visits.push_back({callee, llvm::SmallVector<CallSite, 4>(way)});
    visits.back().calls.push_back(*site);
  };
  if (awaitedCall(await)) enter(await, {});
  for (size_t i = 0; i < visits.size(); ++i) {
    const Visit visit = visits[i]; // enter() may move them
    const std::vector<const CoawaitExpr *> awaits = visit.body->all<CoawaitExpr>();
    for (const CoawaitExpr *inner : awaits) {
      if (dependsOnCaller(inner, *visit.body)) break;
      std::optional<AwaitedLock> lock = lockOf(inner);
      if (!lock) {
        if (awaitedCall(inner)) enter(inner, visit.calls);
        continue;
      }
      const auto earlier = llvm::ArrayRef(awaits).take_front(llvm::find(awaits, inner) - awaits.begin());
      if (llvm::any_of(earlier, [&](const CoawaitExpr *each) { return mayGiveBack(each, lock->path); })) continue;
      for (const CallSite &call : llvm::reverse(visit.calls))
        lock->path = AccessPath::atCall(lock->path, call, context_);
      if (!lock->path) continue;
      wanted.push_back(std::move(*lock));
      in.push_back(visit.body->function);
    }
  }
  return wanted;
}

std::vector<LockWait> AwaitedLocks::waits(const Body &body) {
  std::vector<LockWait> found;
  std::vector<Hold> holds;
  if (body.isCoroutine())
    for (const CoawaitExpr *await : body.all<CoawaitExpr>())
      if (std::optional<AwaitedLock> lock = lockOf(await))
        if (std::optional<Hold> hold = holdOf(*lock, body)) holds.push_back(std::move(*hold));
  const FlowGraph *graph = holds.empty() ? nullptr : graphs_.of(body);
  if (!graph) return found;
  Effort effort;
  for (const Hold &hold : holds) {
    llvm::SmallPtrSet<const CoawaitExpr *, 8> reached;
    const bool finished = walkPaths(*graph, effort, {Free}, [&](const FlowStep &step, PathFact &fact) {
      if (step.kind == FlowStep::Kind::Suspension && fact.phase == Held)
        if (const auto *await = dyn_cast<CoawaitExpr>(step.statement)) reached.insert(await);
      pass(hold, step, fact);
      return Way::GoesOn;
    });
    if (!finished) return {};
    for (const CoawaitExpr *await : body.all<CoawaitExpr>()) {
      std::vector<const FunctionDecl *> in;
      const std::vector<AwaitedLock> wanted = reached.contains(await) ? wantedBy(await, in) : std::vector<AwaitedLock>();
      for (size_t i = 0; i < wanted.size(); ++i)
        found.push_back({hold.lock, wanted[i], await, in[i]});
    }
  }
  return found;
}

void AwaitedLocks::print(const Body &body, llvm::raw_ostream &out) {
  for (const LockWait &wait : waits(body)) {
    out << quoted(wait.at, context_) << " waits for `" << wait.wanted.name << (wait.wanted.shared ? "` shared" : "`");
    if (wait.in) out << " in `" << wait.in->getQualifiedNameAsString() << '`';
    out << ", holds `" << wait.held.name << (wait.held.shared ? "` shared" : "`") << ", taken " << quoted(wait.held.await, context_) << '\n';
  }
}

} // namespace coroguard
