// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows the handle through each await_suspend.
#include "rules/self-use-after-resume/Check.h"

#include "checker/flow/AccessPath.h"
#include "checker/flow/HandleEscape.h"
#include "checker/flow/HeldLocks.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

using namespace clang;

namespace coroguard::rules {

namespace message = self_use_after_resume::message;

SelfUseAfterResumeCheck::SelfUseAfterResumeCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, self_use_after_resume::info()) {}

namespace {

enum Phase : unsigned { Ours, Filed, HandedOut };

/// The awaiter by reference, and the handle.
bool takesBoth(const LambdaExpr *lambda, const ParmVarDecl *handle) {
  auto takes = [&](auto wanted) { return llvm::any_of(lambda->captures(), wanted); };
  return takes([](const LambdaCapture &each) { return each.capturesThis() && each.getCaptureKind() != LCK_StarThis; }) &&
         takes([&](const LambdaCapture &each) { return each.capturesVariable() && each.getCapturedVar() == handle; });
}

} // namespace

void SelfUseAfterResumeCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    if (nameOf(body.function) != "await_suspend" || body.function->getNumParams() != 1 || body.isCoroutine())
      continue;
    const ParmVarDecl *handle = body.function->getParamDecl(0);
    if (nameOf(classOf(handle->getType())) != "coroutine_handle")
      continue;
    checkSuspend(body, handle, unit);
    for (const LambdaExpr *lambda : body.all<LambdaExpr>()) // `std::thread([this, handle] { …; handle.resume(); })`
      if (const Body *later = takesBoth(lambda, handle) ? unit.code().bodyOf(lambda->getCallOperator()) : nullptr)
        checkSuspend(*later, handle, unit);
  }
}

namespace {

/// `start(handle, &done); return !done;`: whoever got the handle knows of the member, too, and they agree on who goes on.
bool isGivenAlong(const Stmt *escape, const ValueDecl *member) {
  return anyDescendant(escape, [&](const Stmt *node) {
    const auto *address = dyn_cast<UnaryOperator>(node);
    const auto *named = address && address->getOpcode() == UO_AddrOf ? dyn_cast<MemberExpr>(address->getSubExpr()->IgnoreParens()) : nullptr;
    return named && named->getMemberDecl() == member && isa<CXXThisExpr>(named->getBase()->IgnoreParenImpCasts());
  });
}

struct Guard {
  const VarDecl *variable;
  const Stmt *scope; ///< where it is declared
};

std::vector<Guard> guardsOf(const Body &body, Unit &unit) {
  std::vector<Guard> guards;
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls())
      if (const auto *variable = dyn_cast<VarDecl>(decl); variable && isLockGuard(variable->getType(), unit.types()))
        guards.push_back({variable, body.parentOf(declaration)});
  return guards;
}

/// The guard in whose scope the node stands: whoever resumes the coroutine has to take that lock first.
const VarDecl *guardOver(const Stmt *node, llvm::ArrayRef<Guard> guards, const Body &body) {
  const SourceManager &sources = body.function->getASTContext().getSourceManager();
  for (const Guard &guard : guards)
    if (sources.isBeforeInTranslationUnit(guard.variable->getLocation(), node->getBeginLoc()) && (!guard.scope || body.contains(guard.scope, node)))
      return guard.variable;
  return nullptr;
}

/// `guard.unlock()`
const VarDecl *unlockedBy(const Stmt *node) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(node);
  return call && nameOf(call->getMethodDecl()) == "unlock" ? localOf(peelMoves(call->getImplicitObjectArgument())) : nullptr;
}

/// `queue_->waiters`: of an object that the awaiter only refers to.
bool isOfAnother(const AccessPath &path) {
  return path.root == AccessPath::Root::This && !path.members.empty() && !path.members.front()->getType()->isRecordType();
}

/// `queue_->waiters.push_back(handle)`, `state_->waiter = handle`: others find it there, once they have the lock.
bool filesAway(const Stmt *node, const ParmVarDecl *handle, Unit &unit) {
  const AccessPath path = placeFiled(node, handle, unit);
  return isOfAnother(path) && path.members.size() > 1;
}

/// `queue_->add(handle)`, which files it away under a lock of its own: others find it as soon as it returns.
bool calleeFilesAway(const Stmt *node, const ParmVarDecl *handle, Unit &unit) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(node);
  const std::optional<CallSite> site = call ? CallSite::of(call) : std::nullopt;
  const Body *body = site && site->callee ? unit.code().bodyOf(site->callee->getDefinition()) : nullptr;
  if (!body || !isOfAnother(AccessPath::of(site->object, unit.ast())))
    return false;
  const std::vector<Guard> guards = guardsOf(*body, unit);
  for (unsigned i = 0; i < site->arguments.size() && !guards.empty(); ++i) {
    const bool given = anyDescendant(site->arguments[i], [&](const Stmt *inner) { return mentions(inner, handle); });
    const ParmVarDecl *parameter = given && site->parameter(i) ? body->function->getParamDecl(site->parameter(i)->getFunctionScopeIndex()) : nullptr;
    if (parameter && llvm::any_of(body->nodes, [&](const Stmt *inner) {
          return placeFiled(inner, parameter, unit).root == AccessPath::Root::This && guardOver(inner, guards, *body);
        }))
      return true;
  }
  return false;
}

/// `trace("%p: suspended", this)`: the address alone, for people.
bool isPrinted(const Stmt *use, const Body &body) {
  const auto *call = dyn_cast_or_null<CallExpr>(body.meaningfulParentOf(use));
  return call && llvm::any_of(call->arguments(), [](const Expr *argument) {
           const auto *text = dyn_cast<StringLiteral>(argument->IgnoreParenImpCasts());
           return text && text->isOrdinary() && text->getString().contains("%p");
         });
}

/// `watcher->onDone([watcher, handle] { … }); watcher->watch(future_);`: the work starts with the second call.
bool startsWhatHasIt(const Stmt *use, const Stmt *escape, const Body &body) {
  for (const Stmt *parent = body.parentOf(use); parent; parent = body.parentOf(parent)) {
    const auto *call = dyn_cast<CXXMemberCallExpr>(parent);
    const VarDecl *started = call ? localOf(peelMoves(call->getImplicitObjectArgument())) : nullptr;
    if (started && anyDescendant(escape, [&](const Stmt *node) { return mentions(node, started); }))
      return true;
  }
  return false;
}

/// `thread_ = std::thread([handle] { … });`: the member that a call fills once its arguments, of which `escape` is one,
/// are there.
const Stmt *filledAfter(const Stmt *escape, const Stmt *node, const Body &body) {
  const std::optional<CallSite> call = CallSite::of(node);
  const auto *method = call && call->object && node != escape ? dyn_cast_or_null<CXXMethodDecl>(call->callee) : nullptr;
  const bool after = method && !method->isConst() && body.contains(node, escape) && !body.contains(call->object, escape);
  const AccessPath path = after ? AccessPath::of(call->object, body.function->getASTContext()) : AccessPath();
  const Stmt *found = nullptr;
  if (path.root == AccessPath::Root::This && !path.members.empty())
    anyDescendant(call->object, [&](const Stmt *inner) { return isa<CXXThisExpr>(inner) && (found = inner); });
  return found;
}

/// Follows the handle to the first use of the awaiter after it has left.
class Walk {
public:
  Walk(const Body &body, const ParmVarDecl *handle, Unit &unit)
      : body_(body), handle_(handle), unit_(unit), guards_(guardsOf(body, unit)) {}

  bool letsGo(const Stmt *node) const {
    return destroysHandle(node, handle_) || (handsOutHandle(node, handle_, body_, unit_) && !resumesByAgreement(node, handle_, unit_)) || (!guards_.empty() && filesAway(node, handle_, unit_)) ||
           calleeFilesAway(node, handle_, unit_);
  }

  /// False if there are too many paths.
  bool follow(const FlowGraph &graph) {
    Effort effort;
    return walkPaths(
        graph, effort, {Ours}, [&](const FlowStep &step, PathFact &fact) { return take(step, fact); },
        [&](const FlowEdge &edge, PathFact &fact) {
          // `if (!queue.add(handle))`: only one of the answers has let it go.
          const bool decides = fact.phase != Ours && edge.condition &&
                               anyDescendant(edge.condition, [&](const Stmt *node) { return node == fact.since; });
          return decides ? Way::Ends : Way::GoesOn;
        });
  }

  const Stmt *use = nullptr;    ///< of the awaiter or its promise; null if there is none
  const Stmt *escape = nullptr; ///< of the handle, before it

private:
  Way take(const FlowStep &step, PathFact &fact) {
    if (step.kind == FlowStep::Kind::ScopeEnd)
      release(step.variable, fact);
    if (step.kind != FlowStep::Kind::Statement)
      return Way::GoesOn;
    if (fact.phase == HandedOut && isUse(step.statement, fact.since) &&
        (!use || unit_.ast().getSourceManager().isBeforeInTranslationUnit(step.statement->getBeginLoc(), use->getBeginLoc()))) {
      use = step.statement;
      escape = fact.since;
    }
    if (const Stmt *filled = fact.phase == HandedOut && !use ? filledAfter(fact.since, step.statement, body_) : nullptr) {
      use = filled;
      escape = fact.since;
    }
    if (const VarDecl *guard = unlockedBy(step.statement))
      release(guard, fact);
    if (letsGo(step.statement))
      fact = {guardOver(step.statement, guards_, body_) ? Filed : HandedOut, step.statement};
    return Way::GoesOn;
  }

  /// Of the awaiter itself, or of the frame, unless both sides agree on it.
  bool isUse(const Stmt *statement, const Stmt *escaped) const {
    const auto *call = dyn_cast<CXXMemberCallExpr>(statement);
    const llvm::StringRef asked = call && mentions(peel(call->getImplicitObjectArgument()), handle_) ? nameOf(call->getMethodDecl()) : "";
    if (!isOneOf(asked, {"promise", "done", "destroy"}) && !isa<CXXThisExpr>(statement)) // they read the frame
      return false;
    const auto *owned = dyn_cast_or_null<MemberExpr>(isa<CXXThisExpr>(statement) ? body_.meaningfulParentOf(statement) : nullptr);
    return !(owned && isGivenAlong(escaped, owned->getMemberDecl())) && !startsWhatHasIt(statement, escaped, body_) &&
           !isPrinted(statement, body_);
  }

  void release(const VarDecl *guard, PathFact &fact) const {
    if (fact.phase == Filed && guard && guardOver(fact.since, guards_, body_) == guard)
      fact.phase = HandedOut;
  }

  const Body &body_;
  const ParmVarDecl *handle_;
  Unit &unit_;
  const std::vector<Guard> guards_;
};

} // namespace

void SelfUseAfterResumeCheck::checkSuspend(const Body &body, const ParmVarDecl *handle, Unit &unit) {
  Walk walk(body, handle, unit);
  if (llvm::none_of(body.nodes, [&](const Stmt *node) { return walk.letsGo(node); }))
    return;
  const FlowGraph *graph = unit.graphs().of(body);
  if (!graph || !walk.follow(*graph) || !walk.use)
    return;
  const Stmt *whole = walk.use;
  for (const Stmt *parent = body.parentOf(walk.use); isa_and_nonnull<MemberExpr, ImplicitCastExpr>(parent); parent = body.parentOf(parent)) {
    whole = parent;
    if (isa<MemberExpr>(parent))
      break;
  }
  const auto *member = dyn_cast<MemberExpr>(whole);
  const std::string name = isa<CXXThisExpr>(walk.use) ? (member ? member->getMemberDecl()->getNameAsString() : "this") : handle->getNameAsString();
  const bool destroyed = destroysHandle(walk.escape, handle);
  report(&body, whole->getSourceRange(),
         destroyed                      ? message::destroyed(name)
         : isa<CXXThisExpr>(walk.use) ? message::member(name)
                                        : message::promise(name))
      .step(walk.escape->getBeginLoc(), destroyed ? message::destroyedHere() : message::handedOutHere());
}

} // namespace coroguard::rules
