// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks for calls that run unknown code among what happens under a lock.
#include "rules/resume-under-lock/Check.h"

#include "checker/flow/Closures.h"
#include "checker/flow/LockTypes.h"
#include "checker/flow/Storage.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

using namespace clang;

namespace coroguard::rules {

namespace message = resume_under_lock::message;

ResumeUnderLockCheck::ResumeUnderLockCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, resume_under_lock::info()) {}

/// Callbacks under a lock need no coroutine.
bool ResumeUnderLockCheck::mayFire(const UnitWords &words, bool async) const {
  return async || (words.hasPart("lock") && words.hasAny({"function", "move_only_function", "anyinvocable"}));
}

namespace {

const Expr *resumedHandle(const Stmt *node, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(node);
  if (!call || !call->object || !call->callee)
    return nullptr;
  const llvm::StringRef name = unit.names().of(call->callee);
  const bool resumes = name == "std::coroutine_handle::resume" || name == "std::coroutine_handle::operator()";
  return resumes ? call->object : nullptr;
}

/// `event.set()`, `set_value(receiver)`: by its model, it runs who waits before it returns.
const CallExpr *resumesWaiters(const Stmt *node, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(node);
  if (!call || !unit.callees().model(*call, catalog::FunctionRole::Resumes))
    return nullptr;
  const bool elsewhere = isa<CXXMemberCallExpr>(call->expr) && llvm::any_of(call->arguments, [](const Expr *argument) {
    return classOf(argument->getType()) != nullptr; // `event.set(executor)` resumes there
  });
  return elsewhere ? nullptr : dyn_cast<CallExpr>(call->expr);
}

bool holdsCode(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  const llvm::StringRef name = nameOf(record);
  return name == "function" || name == "move_only_function" || name == "Function" || name == "AnyInvocable";
}

/// `watcher` of `for (auto &watcher : hub->watchers)`, and of the lambda that an algorithm calls for each.
bool isElement(const DeclRefExpr *named, const Body &body) {
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
const Expr *calledCallback(const Stmt *node, const Body &body) {
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

/// Of two that run unknown code, the one that calls a `std::function`.
bool isCallback(const Stmt *node) {
  const auto *call = dyn_cast<CXXOperatorCallExpr>(node);
  return call && holdsCode(call->getArg(0)->getType());
}

/// What functions of the unit resume or call back before they return, however deep inside.
class Helpers {
public:
  explicit Helpers(Unit &unit) : unit_(unit) {}

  /// The statement that does it; null if nothing does.
  const Stmt *resumesInside(const Stmt *node) {
    const Body *body = bodyRunBy(node);
    if (!body || body->isCoroutine())
      return nullptr;
    const std::pair<const Body *, unsigned> key{body, depth_}; // what is found depends on how deep it may still look
    if (const auto known = found_.find(key); known != found_.end())
      return known->second;
    const Stmt *inner = find(*body);
    return found_[key] = inner;
  }

private:
  /// The function that is called, or the lambda that `std::for_each` and the like are given.
  const Body *bodyRunBy(const Stmt *node) {
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

  const Stmt *find(const Body &body) {
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

  static bool letsGo(const Stmt *node) {
    const auto *asked = dyn_cast<CXXMemberCallExpr>(node);
    const auto *made = dyn_cast<CXXConstructExpr>(node);
    return (asked && nameOf(asked->getMethodDecl()) == "unlock") || (made && isReverseGuard(made->getType()));
  }

  static constexpr unsigned maxDepth = 3; ///< of calls looked into; deeper ones are rarely about the same lock
  Unit &unit_;
  llvm::DenseMap<std::pair<const Body *, unsigned>, const Stmt *> found_;
  unsigned depth_ = 0;
};

/// A mutex on the stack: nobody but the function that made it can want it.
bool isOwnMutex(const UnderLock &lock, Unit &unit) {
  const Expr *made = lock.guard ? lock.guard->getInit() : nullptr;
  return anyDescendant(made ? made : lock.taken, [&](const Stmt *node) {
    const auto *named = dyn_cast<DeclRefExpr>(node);
    const auto *variable = named ? dyn_cast<VarDecl>(named->getDecl()) : nullptr;
    return variable && variable->hasLocalStorage() && !isa<ParmVarDecl>(variable) && !variable->getType()->isReferenceType() &&
           isBlockingMutex(variable->getType(), unit.types());
  });
}

} // namespace

void ResumeUnderLockCheck::checkUnit(Unit &unit) {
  HeldLocks locks(unit.ast(), unit.types(), unit.code(), unit.graphs());
  Helpers helpers(unit);
  for (const Body &body : unit.bodies())
    checkBody(body, locks, [&](const Stmt *call) { return helpers.resumesInside(call); }, unit);
}

/// `resumesInside`: what a call of a function of the unit resumes or calls back; null for nothing.
void ResumeUnderLockCheck::checkBody(const Body &body, HeldLocks &locks, InsideCall resumesInside, Unit &unit) {
  auto runsUnknownCode = [&](const Stmt *node) {
    return resumedHandle(node, unit) || resumesWaiters(node, unit) || calledCallback(node, body) || resumesInside(node);
  };
  for (const UnderLock &lock : locks.statements(body, runsUnknownCode)) {
    if (isRecursive(lock.guard, lock.taken) || isOwnMutex(lock, unit))
      continue; // what runs on this thread may take it again, or cannot know it
    const Expr *handle = resumedHandle(lock.at, unit);
    const Expr *callback = calledCallback(lock.at, body);
    const bool waiters = resumesWaiters(lock.at, unit);
    const Stmt *inner = handle || callback || waiters ? nullptr : resumesInside(lock.at);
    const bool resumes = inner && !isCallback(inner);
    const std::string subject = waiters ? unit.callees().nameForPeople(cast<Expr>(lock.at))
                                        : sourceText(handle     ? cast<Expr>(lock.at)
                                                     : callback ? callback
                                                                : cast<CallExpr>(lock.at)->getCallee(),
                                                     unit.ast());
    FindingBuilder finding = report(&body, lock.at->getSourceRange(),
                                    handle     ? message::resumed(subject, lock.name)
                                    : callback ? message::callback(subject, lock.name)
                                    : waiters  ? message::waiters(subject, lock.name)
                                    : resumes  ? message::helper(subject, lock.name)
                                               : message::helperCalls(subject, lock.name));
    finding.step(lock.taken->getBeginLoc(), message::takenHere());
    if (inner)
      finding.step(inner->getBeginLoc(), resumes ? message::resumedHere() : message::calledHere());
  }
}

} // namespace coroguard::rules
