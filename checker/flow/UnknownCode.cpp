// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "checker/flow/UnknownCode.h"

#include "checker/flow/Closures.h"
#include "checker/flow/LockTypes.h"
#include "checker/flow/Storage.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/ThreadOwners.h"
#include "checker/semantics/Vocabulary.h"

using namespace clang;

namespace coroguard {

static const Expr *resumedHandle(const Stmt *node, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(node);
  if (!call || !call->object || !call->callee)
    return nullptr;
  const llvm::StringRef name = unit.names().of(call->callee);
  const bool resumes = name == "std::coroutine_handle::resume" || name == "std::coroutine_handle::operator()";
  return resumes ? call->object : nullptr;
}

/// `event.set()`, `set_value(receiver)`: by its model, it runs who waits before it returns.
static const CallExpr *resumesWaiters(const Stmt *node, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(node);
  if (!call || !unit.callees().model(*call, catalog::FunctionRole::Resumes))
    return nullptr;
  const bool elsewhere = isa<CXXMemberCallExpr>(call->expr) && llvm::any_of(call->arguments, [](const Expr *argument) {
    return classOf(argument->getType()) != nullptr; // `event.set(executor)` resumes there
  });
  return elsewhere ? nullptr : dyn_cast<CallExpr>(call->expr);
}

static bool holdsCode(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  const llvm::StringRef name = nameOf(record);
  return name == "function" || name == "move_only_function" || name == "Function" || name == "AnyInvocable";
}

/// `watcher` of `for (auto &watcher : hub->watchers)`, and of the lambda that an algorithm calls for each.
static bool isElement(const DeclRefExpr *named, const Body &body) {
  const auto *variable = dyn_cast<VarDecl>(named->getDecl());
  if (!variable || !variable->getType()->isReferenceType())
    return false;
  if (isa<ParmVarDecl>(variable))
    return body.lambda != nullptr;
  return variable->isCXXForRangeDecl() && llvm::any_of(body.all<CXXForRangeStmt>(), [&](const CXXForRangeStmt *loop) {
    return loop->getLoopVariable() == variable && isa<MemberExpr>(loop->getRangeInit()->IgnoreParenImpCasts());
  });
}

/// A `std::function` that returns nothing, stored in a member or its elements, or taken out of one: somebody else's code.
static const Expr *calledCallback(const Stmt *node, const Body &body) {
  const auto *call = dyn_cast<CXXOperatorCallExpr>(node);
  if (!call || call->getOperator() != OO_Call || !call->getType()->isVoidType() || !holdsCode(call->getArg(0)->getType()))
    return nullptr;
  const Expr *object = call->getArg(0)->IgnoreParenImpCasts();
  const auto *element = dyn_cast<DeclRefExpr>(object); // `for (auto &subscriber : subscribers_)`
  bool stored = isa<MemberExpr>(object) || (element && (storageOf(element, body).kind == Storage::Kind::Member || isElement(element, body)));
  if (const VarDecl *local = stored ? nullptr : localOf(object)) {
    // `auto next = std::move(queue_.front()); queue_.pop_front(); next();`
    const Expr *taken = soleValueOf(local, body);
    const auto *made = dyn_cast_or_null<CXXConstructExpr>(taken ? taken->IgnoreImplicit() : nullptr);
    const bool moved = made && made->getNumArgs() >= 1 && made->getConstructor()->isCopyOrMoveConstructor();
    stored = moved && storageOf(peelMoves(made->getArg(0)), body).kind == Storage::Kind::Member;
  }
  const auto *named = dyn_cast<MemberExpr>(object);
  return stored && !says::isLogger(nameOf(named ? named->getMemberDecl() : localOf(object))) ? object : nullptr;
}

/// Of what runs unknown code, that which calls a `std::function`.
static bool isCallback(const Stmt *node) {
  const auto *call = dyn_cast<CXXOperatorCallExpr>(node);
  return call && holdsCode(call->getArg(0)->getType());
}

/// `asio::dispatch(executor, handler)`, `strand.dispatch(handler)`. Threads of a pool seldom ask it themselves.
static const Expr *dispatched(const Stmt *node, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(node);
  const catalog::FunctionModel *row = call ? unit.callees().model(*call, catalog::FunctionRole::Callback) : nullptr;
  if (!row || !row->startsHere || call->arguments.empty())
    return nullptr;
  const bool toPool = ThreadOwners(unit.types()).ownsValue(call->object ? call->object : call->arguments.front());
  const auto last = llvm::find_if(llvm::reverse(call->arguments), [](const Expr *argument) { return !isa<CXXDefaultArgExpr>(argument); });
  return toPool || last == call->arguments.rend() ? nullptr : *last;
}

std::optional<ForeignRun> UnknownCode::at(const Stmt *node, const Body &body) {
  using Kind = ForeignRun::Kind;
  if (resumedHandle(node, unit_))
    return ForeignRun{Kind::Handle, cast<Expr>(node)};
  if (const Expr *callback = calledCallback(node, body))
    return ForeignRun{Kind::Callback, callback};
  if (const CallExpr *call = resumesWaiters(node, unit_))
    return ForeignRun{Kind::Waiters, call};
  if (const Expr *handler = dispatched(node, unit_))
    return ForeignRun{Kind::Handler, handler};
  if (const Stmt *inside = resumesInside(node))
    return ForeignRun{Kind::Helper, cast<CallExpr>(node)->getCallee(), inside, isCallback(inside)};
  return std::nullopt;
}

/// The statement of a function of the unit that resumes or calls back before it returns, however deep inside.
const Stmt *UnknownCode::resumesInside(const Stmt *node) {
  const Body *body = bodyRunBy(node);
  if (!body || body->isCoroutine())
    return nullptr;
  const std::pair<const Body *, unsigned> key{body, depth_};
  if (const auto known = found_.find(key); known != found_.end())
    return known->second;
  const Stmt *inner = find(*body);
  return found_[key] = inner;
}

/// The function that is called, or the lambda that `std::for_each` and the like are given.
const Body *UnknownCode::bodyRunBy(const Stmt *node) {
  const auto *call = dyn_cast<CallExpr>(node);
  const FunctionDecl *callee = call && !isa<CXXOperatorCallExpr>(call) ? call->getDirectCallee() : nullptr;
  const std::optional<CallSite> site = callee ? CallSite::of(call) : std::nullopt;
  const catalog::FunctionModel *row = site ? unit_.callees().model(*site, catalog::FunctionRole::Inline) : nullptr;
  if (row && row->argument >= 0 && static_cast<unsigned>(row->argument) < site->arguments.size()) {
    const auto *lambda = dyn_cast<LambdaExpr>(peelMoves(site->arguments[row->argument]));
    return lambda ? unit_.code().bodyOf(runCallOperator(lambda->getLambdaClass())) : nullptr;
  }
  return callee && !callee->getPrimaryTemplate() ? unit_.code().bodyOf(callee) : nullptr;
}

static bool letsGo(const Stmt *node) {
  const auto *asked = dyn_cast<CXXMemberCallExpr>(node);
  const auto *made = dyn_cast<CXXConstructExpr>(node);
  return (asked && nameOf(asked->getMethodDecl()) == "unlock") || (made && isReverseGuard(made->getType()));
}

const Stmt *UnknownCode::find(const Body &body) {
  if (llvm::any_of(body.nodes, letsGo))
    return nullptr; // `notify(lock)`: first it lets go
  for (const Stmt *inner : body.nodes)
    if (resumedHandle(inner, unit_) || resumesWaiters(inner, unit_) || calledCallback(inner, body))
      return inner;
  const auto *method = dyn_cast_or_null<CXXMethodDecl>(body.function);
  if (depth_ == maxDepth || (method && method->isVirtual()))
    return nullptr;
  ++depth_;
  const Stmt *found = nullptr;
  for (const Stmt *inner : body.nodes)
    if ((found = resumesInside(inner)))
      break;
  --depth_;
  return found;
}

/// The mutexes that `tree` names.
static llvm::SmallVector<const ValueDecl *, 2> mutexesIn(const Stmt *tree, TaskTypes &types) {
  llvm::SmallVector<const ValueDecl *, 2> named;
  (void)anyDescendant(tree, [&](const Stmt *node) {
    const auto *reference = dyn_cast<DeclRefExpr>(node);
    const auto *member = dyn_cast<MemberExpr>(node);
    const ValueDecl *what = reference ? reference->getDecl() : member ? member->getMemberDecl() : nullptr;
    if (what && isBlockingMutex(what->getType().getNonReferenceType(), types))
      named.push_back(what);
    return false;
  });
  return named;
}

const Stmt *UnknownCode::harmOf(const Expr *handler, const UnderLock &lock, const Body &body) {
  if (holdsCode(handler->getType()))
    return handler;
  const LambdaExpr *lambda = lambdaOf(peelMoves(handler), body);
  const Body *run = lambda ? unit_.code().bodyOf(runCallOperator(lambda->getLambdaClass())) : nullptr;
  const Stmt *taken = lock.guard && lock.guard->getInit() ? lock.guard->getInit() : lock.taken;
  llvm::DenseSet<const Body *> seen;
  return run && !run->isCoroutine() ? harmIn(*run, mutexesIn(taken, unit_.types()), seen, maxDepth) : nullptr;
}

/// It names one of the mutexes, or runs unknown code.
const Stmt *UnknownCode::harmIn(const Body &body, llvm::ArrayRef<const ValueDecl *> mutexes, llvm::DenseSet<const Body *> &seen, unsigned depth) {
  for (const Stmt *node : body.nodes) {
    if (!isa<CallExpr, CXXConstructExpr>(node))
      continue;
    if (llvm::any_of(mutexesIn(node, unit_.types()), [&](const ValueDecl *named) { return llvm::is_contained(mutexes, named); }))
      return node;
    const auto *call = dyn_cast<CallExpr>(node);
    const Body *called = depth && call ? unit_.code().bodyOf(call->getDirectCallee()) : nullptr;
    if (called && !called->isCoroutine() && seen.insert(called).second && harmIn(*called, mutexes, seen, depth - 1))
      return node;
  }
  return find(body);
}

} // namespace coroguard
