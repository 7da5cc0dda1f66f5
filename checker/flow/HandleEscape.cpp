// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at the callees that can be seen; those that cannot may do anything with a handle.
#include "checker/flow/HandleEscape.h"

#include "checker/flow/Closures.h"
#include "checker/flow/LockTypes.h"
#include "checker/flow/PathWalk.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

using namespace clang;

namespace coroguard {
namespace {

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
    if (anyDescendant(assignment->getArg(1), [&](const Stmt *inner) { return mentions(inner, handle); }))
      kept = true;
    else if (!isNothing(assignment->getArg(1)))
      return false;
  }
  return kept;
}

bool isResume(const FunctionDecl *callee) { return nameOf(callee) == "resume" || (callee && callee->getOverloadedOperator() == OO_Call); }

/// `[this] { waiter_.resume(); }`: the handle goes along with the awaiter.
bool resumesKept(const LambdaExpr *lambda, const ParmVarDecl *handle, const Body &where, Unit &unit) {
  const Body *body = lambda && capturesThis(lambda) ? unit.code().bodyOf(lambda->getCallOperator()) : nullptr;
  return body && llvm::any_of(body->nodes, [&](const Stmt *node) {
           const std::optional<CallSite> call = CallSite::of(node);
           return call && call->object && isResume(call->callee) && isKeptIn(call->object, handle, where);
         });
}

} // namespace

/// Without what wraps it on its way into a parameter: std::function, coroutine_handle<>, conversions.
static const Expr *bareArgument(const Expr *argument) {
  const Expr *bare = peelMoves(argument);
  if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(bare); construct && construct->getNumArgs() >= 1)
    bare = peelMoves(construct->getArg(0));
  if (const auto *conversion = dyn_cast_or_null<CXXMemberCallExpr>(bare);
      conversion && isa_and_nonnull<CXXConversionDecl>(conversion->getMethodDecl()))
    bare = conversion->getImplicitObjectArgument();
  return bare ? bare->IgnoreParenImpCasts() : nullptr;
}

bool destroysHandle(const Stmt *node, const ParmVarDecl *handle) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(node);
  return call && nameOf(call->getMethodDecl()) == "destroy" && mentions(peel(call->getImplicitObjectArgument()), handle);
}

bool handsOutHandle(const Stmt *node, const ParmVarDecl *handle, const Body &where, Unit &unit, unsigned depth) {
  const std::optional<CallSite> call = CallSite::of(node);
  if (!call || !call->callee)
    return false;
  auto isHandle = [&](const Expr *expr) { return expr && (isNamed(expr, handle) || isKeptIn(expr, handle, where)); };
  const llvm::StringRef full = unit.names().of(call->callee);
  if (isHandle(call->object))
    return full == "std::coroutine_handle::resume" || full == "std::coroutine_handle::operator()";
  const bool thread = isOneOf(full, {"std::thread::thread", "std::jthread::jthread", "std::async"});
  if (isa<CXXConstructExpr>(node) && !thread)
    return false;
  if ((full.starts_with("std::") && !thread) || isa<CXXOperatorCallExpr>(node))
    return false;
  // `connect(timer, [handle] { … })`: for when something happens, which nothing here makes happen.
  const bool registers = says::registers(nameOf(call->callee));
  const bool intoPromise = call->object && anyDescendant(call->object, [](const Stmt *inner) {
    const auto *asked = dyn_cast<CXXMemberCallExpr>(inner);
    return asked && nameOf(asked->getMethodDecl()) == "promise";
  });
  for (unsigned i = 0; i < call->arguments.size(); ++i) {
    const Expr *bare = bareArgument(call->arguments[i]);
    const CXXRecordDecl *result = classOf(call->expr->getType());
    if (const auto *lambda = dyn_cast_or_null<LambdaExpr>(bare); lambda && result && isMadeOf(result, lambda->getLambdaClass()))
      continue; // `bind(slot, [handle] { … })` only holds it
    if (!isa_and_nonnull<DeclRefExpr, LambdaExpr>(bare))
      bare = lambdaHeldBy(call->arguments[i]);
    if (registers && isa_and_nonnull<LambdaExpr>(bare))
      continue;
    if (!call->parameter(i) && call->callee->isVariadic())
      continue; // printed
    if (!isa_and_nonnull<DeclRefExpr, LambdaExpr>(bare) || !(mentions(bare, handle) || resumesKept(dyn_cast<LambdaExpr>(bare), handle, where, unit)))
      continue;
    // A callee that can be seen: does it do more than keep the handle? One that cannot: a promise only keeps it.
    const Body *body = unit.code().bodyOf(call->callee->getDefinition());
    const ParmVarDecl *parameter = body && call->parameter(i) ? body->function->getParamDecl(call->parameter(i)->getFunctionScopeIndex()) : nullptr;
    if (!parameter)
      return !intoPromise;
    return depth < 3 && llvm::any_of(body->nodes, [&](const Stmt *inner) { return handsOutHandle(inner, parameter, *body, unit, depth + 1); });
  }
  return false;
}

/// `finished.exchange(true)`, `--pending`, or a local that was given it.
static bool asksAtomic(const Expr *condition, const Body &body, unsigned depth = 0) {
  return anyDescendant(condition, [&](const Stmt *node) {
    if (const auto *member = dyn_cast<MemberExpr>(node))
      return nameOf(classOf(member->getType())).contains("atomic");
    const auto *named = depth < 2 ? dyn_cast<DeclRefExpr>(node) : nullptr;
    const VarDecl *local = named ? dyn_cast<VarDecl>(named->getDecl()) : nullptr;
    return local && local->hasLocalStorage() && local->hasInit() && asksAtomic(local->getInit(), body, depth + 1);
  });
}

bool resumesByAgreement(const Stmt *escape, const ParmVarDecl *handle, Unit &unit) {
  bool any = false;
  const bool other = anyDescendant(escape, [&](const Stmt *node) {
    const auto *lambda = dyn_cast<LambdaExpr>(node);
    const Body *body = lambda ? unit.code().bodyOf(lambda->getCallOperator()) : nullptr;
    return body && llvm::any_of(body->nodes, [&](const Stmt *inner) {
             const std::optional<CallSite> call = CallSite::of(inner);
             const auto *kept = call && call->object ? dyn_cast<MemberExpr>(call->object->IgnoreParenImpCasts()) : nullptr;
             const bool itself = kept && nameOf(classOf(kept->getType())) == "coroutine_handle"; // `[this] { … waiter_.resume(); }`
             if (!call || !call->object || !(itself || isNamed(call->object, handle)) || !isResume(call->callee))
               return false;
             any = true;
             for (const Stmt *parent = body->parentOf(inner); parent; parent = body->parentOf(parent))
               if (const auto *branch = dyn_cast<IfStmt>(parent); branch && branch->getCond() && asksAtomic(branch->getCond(), *body))
                 return false;
             return true;
           });
  });
  return any && !other;
}

bool postsHandle(const Stmt *node, const ParmVarDecl *handle, Unit &unit) {
  const auto *posts = dyn_cast<CXXMemberCallExpr>(node);
  return posts && posts->getNumArgs() == 1 && unit.contexts().owners().isLoop(posts->getImplicitObjectArgument()->getType()) &&
         anyDescendant(posts->getArg(0), [&](const Stmt *inner) { return mentions(inner, handle); });
}

bool isTurnOfLoop(const CallSite &call, Unit &unit) {
  const CXXRecordDecl *awaiter = classOf(call.expr->getType());
  const bool ofClass = isa_and_nonnull<CXXMethodDecl>(call.callee);
  if ((ofClass && !call.object) || !call.arguments.empty() || !awaiter || !awaiter->hasDefinition())
    return false;
  return llvm::any_of(methodsNamed(awaiter, "await_suspend"), [&](const CXXMethodDecl *method) {
    const Body *body = method->getNumParams() == 1 ? unit.code().bodyOf(method->getDefinition()) : nullptr;
    return body && body->all<IfStmt>().empty() &&
           llvm::any_of(body->nodes, [&](const Stmt *node) { return postsHandle(node, body->function->getParamDecl(0), unit); });
  });
}

AccessPath placeFiled(const Stmt *node, const ParmVarDecl *handle, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(node);
  const auto *assignment = dyn_cast<CXXOperatorCallExpr>(node);
  const bool assigns = assignment && assignment->getOperator() == OO_Equal;
  const bool adds = call && isa<CXXMemberCallExpr>(node) && call->callee && unit.names().of(call->callee).starts_with("std::") &&
                    says::keeps(nameOf(call->callee));
  const Expr *place = assigns ? assignment->getArg(0) : adds ? call->object : nullptr;
  const bool given = place && llvm::any_of(call->arguments, [&](const Expr *argument) {
    return anyDescendant(argument, [&](const Stmt *inner) { return mentions(inner, handle); });
  });
  return given ? AccessPath::of(place, unit.ast()) : AccessPath();
}

} // namespace coroguard
