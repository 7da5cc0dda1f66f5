// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows the handle through each await_suspend.
#include "rules/self-use-after-resume/Check.h"

#include "checker/flow/AccessPath.h"
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

bool isNamed(const Expr *expr, const ParmVarDecl *handle) {
  const Expr *bare = peelMoves(expr);
  return isa_and_nonnull<DeclRefExpr>(bare) && mentions(bare, handle);
}

/// `waiter_ = handle; … waiter_.resume();`: a member of the awaiter that is given the handle and nothing else.
bool isKeptIn(const Expr *expr, const ParmVarDecl *handle, const Body &where) {
  const auto *member = dyn_cast_or_null<MemberExpr>(peelMoves(expr));
  if (!member || !isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts()))
    return false;
  bool kept = false;
  for (const Stmt *node : where.nodes) {
    const auto *assignment = dyn_cast<CXXOperatorCallExpr>(node);
    if (!assignment || assignment->getOperator() != OO_Equal)
      continue;
    const auto *target = dyn_cast<MemberExpr>(assignment->getArg(0)->IgnoreParenImpCasts());
    if (!target || target->getMemberDecl() != member->getMemberDecl())
      continue;
    if (!anyDescendant(assignment->getArg(1), [&](const Stmt *inner) { return mentions(inner, handle); }))
      return false;
    kept = true;
  }
  return kept;
}

/// Does the node let somebody else resume the coroutine: is its handle (or a lambda that holds it) an argument of
/// unknown code, or resumed on the spot?
bool handsOut(const Stmt *node, const ParmVarDecl *handle, const Body &where, Unit &unit, unsigned depth = 0) {
  const std::optional<CallSite> call = CallSite::of(node);
  if (!call || !call->callee)
    return false;
  auto isHandle = [&](const Expr *expr) { return expr && (isNamed(expr, handle) || isKeptIn(expr, handle, where)); };
  const llvm::StringRef full = unit.names().of(call->callee);
  if (isHandle(call->object))
    return full == "std::coroutine_handle::resume" || full == "std::coroutine_handle::operator()";
  const bool thread = full == "std::thread::thread" || full == "std::jthread::jthread";
  if (isa<CXXConstructExpr>(node) && !thread)
    return false;
  if ((full.starts_with("std::") && !thread) || isa<CXXOperatorCallExpr>(node))
    return false;
  // `connect(timer, [handle] { … })`: for when something happens, which nothing here makes happen.
  const bool registers = llvm::any_of(std::initializer_list<llvm::StringRef>{"connect", "on", "single", "subscribe", "register"},
                                      [&](llvm::StringRef word) { return nameOf(call->callee).starts_with_insensitive(word); });
  const bool intoPromise = call->object && anyDescendant(call->object, [](const Stmt *inner) {
    const auto *asked = dyn_cast<CXXMemberCallExpr>(inner);
    return asked && nameOf(asked->getMethodDecl()) == "promise";
  });
  for (unsigned i = 0; i < call->arguments.size(); ++i) {
    const Expr *argument = call->arguments[i];
    const Expr *bare = peelMoves(argument);
    if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(bare); construct && construct->getNumArgs() >= 1)
      bare = peelMoves(construct->getArg(0)); // std::function, coroutine_handle<>
    if (const auto *conversion = dyn_cast_or_null<CXXMemberCallExpr>(bare);
        conversion && isa_and_nonnull<CXXConversionDecl>(conversion->getMethodDecl()))
      bare = conversion->getImplicitObjectArgument();
    if (registers && isa_and_nonnull<LambdaExpr>(bare))
      continue;
    if (!call->parameter(i) && call->callee->isVariadic())
      continue; // printed
    if (!bare || !isa<DeclRefExpr, LambdaExpr>(bare->IgnoreParenImpCasts()) || !mentions(bare->IgnoreParenImpCasts(), handle))
      continue;
    // A callee that can be seen: does it do more than keep the handle? One that cannot: a promise only keeps it.
    const Body *body = unit.code().bodyOf(call->callee->getDefinition());
    const ParmVarDecl *parameter = body && call->parameter(i) ? body->function->getParamDecl(call->parameter(i)->getFunctionScopeIndex()) : nullptr;
    if (!parameter)
      return !intoPromise;
    return depth < 3 && llvm::any_of(body->nodes, [&](const Stmt *inner) { return handsOut(inner, parameter, *body, unit, depth + 1); });
  }
  return false;
}

} // namespace

void SelfUseAfterResumeCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    if (nameOf(body.function) != "await_suspend" || body.function->getNumParams() != 1 || body.isCoroutine())
      continue;
    const ParmVarDecl *handle = body.function->getParamDecl(0);
    if (nameOf(classOf(handle->getType())) == "coroutine_handle")
      checkSuspend(body, handle, unit);
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

/// `queue_->waiters.push_back(handle)`, `state_->waiter = handle`: others find it there, once they have the lock.
bool filesAway(const Stmt *node, const ParmVarDecl *handle, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(node);
  const auto *assignment = dyn_cast<CXXOperatorCallExpr>(node);
  const bool assigns = assignment && assignment->getOperator() == OO_Equal;
  const bool adds = call && isa<CXXMemberCallExpr>(node) && call->callee && unit.names().of(call->callee).starts_with("std::") &&
                    llvm::any_of(std::initializer_list<llvm::StringRef>{"push", "emplace", "insert"},
                                 [&](llvm::StringRef word) { return nameOf(call->callee).starts_with(word); });
  const Expr *place = assigns ? assignment->getArg(0) : adds ? call->object : nullptr;
  const AccessPath path = place ? AccessPath::of(place, unit.ast()) : AccessPath();
  const bool shared = path.root == AccessPath::Root::This && path.members.size() > 1 && !path.members.front()->getType()->isRecordType();
  return shared && llvm::any_of(call->arguments, [&](const Expr *argument) {
           return anyDescendant(argument, [&](const Stmt *inner) { return mentions(inner, handle); });
         });
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

} // namespace

void SelfUseAfterResumeCheck::checkSuspend(const Body &body, const ParmVarDecl *handle, Unit &unit) {
  const std::vector<Guard> guards = guardsOf(body, unit);
  auto letsGo = [&](const Stmt *node) {
    return handsOut(node, handle, body, unit) || (!guards.empty() && filesAway(node, handle, unit));
  };
  if (llvm::none_of(body.nodes, letsGo))
    return;
  const FlowGraph *graph = unit.graphs().of(body);
  if (!graph)
    return;
  const Stmt *use = nullptr, *escape = nullptr;
  auto release = [&](const VarDecl *guard, PathFact &fact) {
    if (fact.phase == Filed && guard && guardOver(fact.since, guards, body) == guard)
      fact.phase = HandedOut;
  };
  Effort effort;
  const bool finished = walkPaths(
      *graph, effort, {Ours},
      [&](const FlowStep &step, PathFact &fact) {
        if (step.kind == FlowStep::Kind::ScopeEnd)
          release(step.variable, fact);
        if (step.kind != FlowStep::Kind::Statement)
          return Way::GoesOn;
        const auto *call = dyn_cast<CXXMemberCallExpr>(step.statement);
        const llvm::StringRef asked = call && mentions(peel(call->getImplicitObjectArgument()), handle) ? nameOf(call->getMethodDecl()) : "";
        const bool promise = asked == "promise" || asked == "done" || asked == "destroy"; // they read the frame
        const auto *owned = dyn_cast_or_null<MemberExpr>(isa<CXXThisExpr>(step.statement) ? body.meaningfulParentOf(step.statement) : nullptr);
        const bool agreed = fact.phase == HandedOut && ((owned && isGivenAlong(fact.since, owned->getMemberDecl())) ||
                                                        startsWhatHasIt(step.statement, fact.since, body) || isPrinted(step.statement, body));
        if (fact.phase == HandedOut && !agreed && (promise || isa<CXXThisExpr>(step.statement)) &&
            (!use || unit.ast().getSourceManager().isBeforeInTranslationUnit(step.statement->getBeginLoc(), use->getBeginLoc()))) {
          use = step.statement;
          escape = fact.since;
        }
        if (const VarDecl *guard = unlockedBy(step.statement))
          release(guard, fact);
        if (letsGo(step.statement))
          fact = {guardOver(step.statement, guards, body) ? Filed : HandedOut, step.statement};
        return Way::GoesOn;
      },
      [&](const FlowEdge &edge, PathFact &fact) {
        // `if (!queue.add(handle))`: only one of the answers has let it go.
        const bool decides = fact.phase != Ours && edge.condition &&
                             anyDescendant(edge.condition, [&](const Stmt *node) { return node == fact.since; });
        return decides ? Way::Ends : Way::GoesOn;
      });
  if (!finished || !use)
    return;
  const Stmt *whole = use;
  for (const Stmt *parent = body.parentOf(use); isa_and_nonnull<MemberExpr, ImplicitCastExpr>(parent); parent = body.parentOf(parent)) {
    whole = parent;
    if (isa<MemberExpr>(parent))
      break;
  }
  const auto *member = dyn_cast<MemberExpr>(whole);
  report(&body, whole->getSourceRange(),
         isa<CXXThisExpr>(use) ? message::member(member ? member->getMemberDecl()->getNameAsString() : "this")
                               : message::promise(handle->getNameAsString()))
      .step(escape->getBeginLoc(), message::handedOutHere());
}

} // namespace coroguard::rules
