// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks for readiness in the text before the wait. Lenient: whoever asks is believed to act on the answer.
#include "checker/semantics/ReadyFutures.h"

#include "checker/semantics/Names.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {
namespace {

std::string plain(const FunctionDecl *function) {
  std::string name;
  for (char c : function && function->getDeclName().isIdentifier() ? function->getName() : "")
    if (c != '_')
      name += llvm::toLower(c);
  return name;
}

bool refersTo(const Stmt *root, const ValueDecl *variable) {
  return root && anyDescendant(root, [&](const Stmt *node) {
           const auto *reference = dyn_cast<DeclRefExpr>(node);
           const auto *member = dyn_cast<MemberExpr>(node);
           const ValueDecl *named = reference ? reference->getDecl() : member ? member->getMemberDecl() : nullptr;
           return named && named->getCanonicalDecl() == variable->getCanonicalDecl();
         });
}

/// What an access like `results.front()`, `futures[i]`, `std::get<0>(results)` takes its part from; else null.
const Expr *partOf(const CallExpr *call) {
  if (isa<CXXOperatorCallExpr>(call))
    return call->getNumArgs() >= 1 ? call->getArg(0) : nullptr;
  const bool access = llvm::StringSwitch<bool>(plain(call->getDirectCallee()))
                          .Cases({"get", "at", "front", "back", "value", "data"}, true)
                          .Cases({"begin", "end", "cbegin", "cend", "rbegin", "rend"}, true)
                          .Default(false);
  if (const auto *member = dyn_cast<CXXMemberCallExpr>(call))
    return access ? member->getImplicitObjectArgument() : nullptr;
  const FunctionDecl *callee = call->getDirectCallee();
  return access && callee && callee->isInStdNamespace() && call->getNumArgs() == 1 ? call->getArg(0) : nullptr;
}

/// The variable at the root of `std::get<0>(results)`, `futures[i]`, `state.future`, or the member of this object.
const ValueDecl *rootOf(const Expr *expr) {
  for (int depth = 0; depth < 6 && expr; ++depth) {
    const Expr *inner = peelMoves(expr);
    if (const auto *reference = dyn_cast_or_null<DeclRefExpr>(inner)) {
      const auto *binding = dyn_cast<BindingDecl>(reference->getDecl());
      const auto *whole = binding ? dyn_cast_or_null<VarDecl>(binding->getDecomposedDecl()) : nullptr;
      if (!whole)
        return reference->getDecl();
      const ValueDecl *unpacked = rootOf(whole->getInit()); // `auto [first, second] = std::move(results)`
      return unpacked ? unpacked : whole;
    }
    if (const auto *member = dyn_cast_or_null<MemberExpr>(inner)) {
      if (isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts()))
        return dyn_cast<FieldDecl>(member->getMemberDecl());
      expr = member->getBase();
    } else if (const auto *element = dyn_cast_or_null<ArraySubscriptExpr>(inner))
      expr = element->getBase();
    else if (const auto *unary = dyn_cast_or_null<UnaryOperator>(inner))
      expr = unary->getSubExpr();
    else if (const auto *call = dyn_cast_or_null<CallExpr>(inner))
      expr = partOf(call);
    else
      return nullptr;
  }
  return nullptr;
}

/// What a range-for goes over, of its variable; null for other variables.
const Expr *rangeOf(const VarDecl *variable) {
  const Expr *init = variable->isCXXForRangeDecl() ? variable->getInit() : nullptr;
  for (int depth = 0; depth < 2 && init; ++depth) { // `*__begin`, `__range.begin()`
    const VarDecl *hidden = nullptr;
    anyDescendant(init, [&](const Stmt *node) {
      const auto *reference = dyn_cast<DeclRefExpr>(node);
      hidden = reference ? dyn_cast<VarDecl>(reference->getDecl()) : nullptr;
      return hidden != nullptr;
    });
    init = hidden && hidden->isImplicit() ? hidden->getInit() : nullptr;
  }
  return init;
}

/// `f.wait_for(…)`, `f.is_ready()`, `f.available()`, …: somebody looks whether it is there.
bool asks(const Stmt *root, const ValueDecl *future) {
  return root && anyDescendant(root, [&](const Stmt *node) {
           const auto *call = dyn_cast<CallExpr>(node);
           if (!call || !refersTo(call, future))
             return false;
           const std::string name = plain(call->getDirectCallee());
           return llvm::StringSwitch<bool>(name)
               .Cases({"waitfor", "waituntil", "isready", "ready", "available", "failed", "hasvalue", "hasexception"}, true)
               .Cases({"done", "isdone", "completed", "iscompleted", "poll", "hasresult", "isfinished", "finished"}, true)
               .Default(false);
         });
}

enum class Answer : uint8_t { Ready, NotReady, Unknown };

Answer opposite(Answer answer) {
  return answer == Answer::Ready ? Answer::NotReady : answer == Answer::NotReady ? Answer::Ready : Answer::Unknown;
}

/// What it means that `condition`, which asks, holds: `f.is_ready()`, `f.wait_for(0s) != std::future_status::ready`.
Answer meaningOf(const Expr *condition) {
  condition = condition->IgnoreParenImpCasts();
  if (const auto *unary = dyn_cast<UnaryOperator>(condition))
    return unary->getOpcode() == UO_LNot ? opposite(meaningOf(unary->getSubExpr())) : Answer::Unknown;
  if (const auto *comparison = dyn_cast<BinaryOperator>(condition)) {
    if (!comparison->isEqualityOp())
      return Answer::Unknown;
    Answer answer = Answer::Unknown;
    for (const Expr *side : {comparison->getLHS(), comparison->getRHS()})
      if (const auto *named = dyn_cast<DeclRefExpr>(side->IgnoreParenImpCasts()); named && isa<EnumConstantDecl>(named->getDecl()))
        answer = nameOf(named->getDecl()) == "ready" ? Answer::Ready : Answer::NotReady;
    return comparison->getOpcode() == BO_EQ ? answer : opposite(answer);
  }
  return Answer::Unknown;
}

bool leaves(const Stmt *branch) {
  if (const auto *block = dyn_cast_or_null<CompoundStmt>(branch))
    branch = block->body_empty() ? nullptr : block->body_back();
  return isa_and_nonnull<ReturnStmt, CoreturnStmt, BreakStmt, ContinueStmt, GotoStmt, CXXThrowExpr>(branch);
}

/// `if (f.wait_for(0s) == ready) { …; return; }` before the wait: who comes here has heard that it is not.
bool leavesUnready(const Stmt *statement, const ValueDecl *future) {
  const auto *branch = dyn_cast<IfStmt>(statement);
  if (!branch || branch->getElse() || !asks(branch->getCond(), future))
    return false;
  const Answer answer = meaningOf(branch->getCond());
  return answer == Answer::Ready      ? leaves(branch->getThen())
         : answer == Answer::NotReady ? !leaves(branch->getThen()) && !refersTo(branch->getThen(), future)
                                      : false;
}

bool precedes(const Stmt *first, const Stmt *second, const Body &body) {
  for (const Stmt *node : body.nodes) {
    if (node == first)
      return true;
    if (node == second)
      return false;
  }
  return false;
}

} // namespace

bool ReadyFutures::isMadeReady(const Expr *value, const Expr *call, const Body &body) {
  const Expr *made = peelMoves(value);
  if (!made)
    return false;
  if (isa<CoawaitExpr>(made))
    return true; // what an await gives is there
  const auto *maker = dyn_cast<CallExpr>(made);
  const FunctionDecl *callee = maker ? maker->getDirectCallee() : nullptr;
  if (!callee)
    return false;
  const std::string name = plain(callee);
  if (callees_.model(callee, catalog::FunctionRole::Ready) || llvm::StringRef(name).contains("ready") ||
      llvm::StringRef(name).contains("makeexception") ||
      llvm::StringRef(name).starts_with("makefuture") || llvm::StringRef(name).starts_with("makesemifuture"))
    return true;
  // `promise.get_future()` after `promise.set_value(1)`.
  const auto *member = dyn_cast<CXXMemberCallExpr>(maker);
  const ValueDecl *promise = member ? rootOf(member->getImplicitObjectArgument()) : nullptr;
  if (!promise || !llvm::StringRef(name).contains("future"))
    return false;
  for (const DeclRefExpr *reference : body.references(promise)) {
    const auto *setter = dyn_cast_or_null<MemberExpr>(body.meaningfulParentOf(reference));
    const auto *method = setter ? dyn_cast<CXXMethodDecl>(setter->getMemberDecl()) : nullptr;
    if (method && llvm::StringRef(plain(method)).starts_with("set") && precedes(reference, call, body))
      return true;
  }
  return false;
}

bool ReadyFutures::isAskedBefore(const ValueDecl *future, const Expr *call, const Body &body) {
  for (const LambdaExpr *lambda : body.capturedBy(future)) // asked by a lambda that this code runs
    if (asks(lambda->getBody(), future))
      return true;
  const Stmt *child = call;
  for (const Stmt *parent = body.parentOf(child); parent; child = parent, parent = body.parentOf(parent)) {
    if (const auto *branch = dyn_cast<IfStmt>(parent); branch && branch->getCond() != child && asks(branch->getCond(), future)) {
      const Answer wanted = child == branch->getElse() ? Answer::Ready : Answer::NotReady;
      return meaningOf(branch->getCond()) != wanted;
    }
    if (const auto *loop = dyn_cast<WhileStmt>(parent); loop && asks(loop->getCond(), future))
      return true;
    if (const auto *choice = dyn_cast<AbstractConditionalOperator>(parent); choice && asks(choice->getCond(), future))
      return true;
    if (const auto *both = dyn_cast<BinaryOperator>(parent); both && both->isLogicalOp() && asks(both->getLHS(), future))
      return true;
    if (const auto *block = dyn_cast<CompoundStmt>(parent))
      for (const Stmt *statement : block->body()) {
        if (statement == child)
          break;
        if (asks(statement, future) && !leavesUnready(statement, future)) // `if (!future.is_ready()) return;`, `ASSERT_TRUE(future.isReady());`
          return true;
      }
  }
  return false;
}

/// `co_await when_all(future, …)` waits for it, and `watcher.setFuture(future); co_await watcher.done()`.
bool ReadyFutures::isAwaitedBefore(const ValueDecl *future, const Expr *call, const Body &body, bool through) {
  for (const DeclRefExpr *reference : body.references(future))
    for (const Stmt *parent = body.parentOf(reference); parent; parent = body.parentOf(parent)) {
      if (isa<CoawaitExpr>(parent) && !body.contains(parent, call) && precedes(parent, call, body))
        return true;
      const auto *given = through ? dyn_cast<CXXMemberCallExpr>(parent) : nullptr;
      const auto *watcher = given ? dyn_cast_or_null<VarDecl>(rootOf(given->getImplicitObjectArgument())) : nullptr;
      if (watcher && watcher != future && watcher->hasLocalStorage() && given != call && isAwaitedBefore(watcher, call, body, false))
        return true;
    }
  return false;
}

/// `.then([](future<int> done) { done.get(); })`: continuations are given what is ready.
bool ReadyFutures::isContinuationParameter(const ValueDecl *future, const Body &body) {
  const auto *parameter = dyn_cast<ParmVarDecl>(future);
  if (!parameter || parameter->getDeclContext() != body.function || contexts_.of(body).kind != ContextKind::LoopCallback)
    return false;
  const auto *registration = dyn_cast_or_null<CallExpr>(contexts_.of(body).registration);
  return registration && llvm::StringRef(plain(registration->getDirectCallee())).starts_with("then");
}

/// `std::all_of(ready.begin(), ready.end(), [](auto &one) { … one.get() … })`: an algorithm hands on the elements.
bool ReadyFutures::isElementOfReady(const ValueDecl *future, const Body &body) {
  const auto *parameter = dyn_cast<ParmVarDecl>(future);
  if (!parameter || !body.lambda || !body.parent || parameter->getDeclContext() != body.function)
    return false;
  const auto *algorithm = dyn_cast_or_null<CallExpr>(body.parent->meaningfulParentOf(body.lambda));
  return algorithm && llvm::any_of(algorithm->arguments(), [&](const Expr *argument) {
           return !body.parent->contains(argument, body.lambda) && rootOf(argument) &&
                  isReady(argument, algorithm, *body.parent);
         });
}

bool ReadyFutures::isReady(const Expr *object, const Expr *call, const Body &body) {
  if (!object)
    return false;
  if (body.lost.incomplete) // what could not be read may have awaited it
    return true;
  if (isMadeReady(object, call, body))
    return true;
  const ValueDecl *whole = rootOf(object);
  const auto *root = dyn_cast_or_null<VarDecl>(whole);
  if (!root)
    return whole && isAskedBefore(whole, call, body);
  // `[first = std::move(first)]`: what it was before it was captured.
  if (root->isInitCapture() && body.parent && isReady(root->getInit(), call, *body.parent))
    return true;
  if (root->hasInit() && !isa<ParmVarDecl>(root) && isMadeReady(root->getInit(), call, body))
    return true;
  if (const Expr *range = rangeOf(root); range && isReady(range, call, body)) // `for (auto &one : co_await when_all(…))`
    return true;
  for (const Body *at = &body; at; at = at->parent)
    if (isContinuationParameter(root, *at) || isElementOfReady(root, *at))
      return true;
  return isAskedBefore(root, call, body) || isAwaitedBefore(root, call, body);
}

bool ReadyFutures::isAsked(const Expr *object, const Expr *call, const Body &body) {
  const ValueDecl *root = object ? rootOf(object) : nullptr;
  return root && isAskedBefore(root, call, body);
}

bool ReadyFutures::isGivenReady(const CallSite &call, const Body &body) {
  return isReady(call.object, call.expr, body) ||
         llvm::any_of(call.arguments, [&](const Expr *argument) { return isReady(argument, call.expr, body); });
}

} // namespace coroguard
