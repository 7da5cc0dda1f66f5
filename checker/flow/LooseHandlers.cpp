// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at lambdas that capture `this`, and at methods that are bound to it.
#include "checker/flow/LooseHandlers.h"

#include "checker/flow/Closures.h"
#include "checker/semantics/KeptObjects.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

/// What will be called with `this`: the call operator of a lambda, or a method.
struct Handler {
  const Expr *callable = nullptr;
  const CXXMethodDecl *run = nullptr;
  const CXXRecordDecl *record = nullptr; ///< the class of `this`
  bool keeps = false;
};

/// `std::bind(&Session::onRead, this, _1)`
Handler boundToThis(const CallExpr *call) {
  if (!isOneOf(nameOf(call->getDirectCallee()), {"bind", "bind_front"}) || call->getNumArgs() < 2 || !isa<CXXThisExpr>(call->getArg(1)->IgnoreParenImpCasts()))
    return {};
  const auto *address = dyn_cast<UnaryOperator>(call->getArg(0)->IgnoreParenImpCasts());
  const auto *named = address && address->getOpcode() == UO_AddrOf ? dyn_cast<DeclRefExpr>(address->getSubExpr()->IgnoreParenImpCasts()) : nullptr;
  const auto *method = named ? dyn_cast<CXXMethodDecl>(named->getDecl()) : nullptr;
  if (!method)
    return {};
  const bool keeps = anyDescendant(call, [](const Stmt *node) {
    const auto *asked = dyn_cast<CXXMemberCallExpr>(node);
    return asked && (nameOf(asked->getMethodDecl()).ends_with("_from_this") || nameOf(asked->getMethodDecl()).starts_with("get_"));
  });
  return {call, method, method->getParent(), keeps};
}

Handler handlerOf(const Stmt *node) {
  if (const auto *lambda = dyn_cast<LambdaExpr>(node)) {
    const CXXRecordDecl *record = classAround(lambda);
    if (!record)
      return {};
    const bool keeps = keepsObject(lambda, record);
    return capturesThis(lambda) || keeps ? Handler{lambda, runCallOperator(lambda->getLambdaClass()), record, keeps} : Handler();
  }
  const auto *call = dyn_cast<CallExpr>(node);
  return call ? boundToThis(call) : Handler();
}

/// Does the callee run later what it is given? The handler of an operation is told an error code, a stackful coroutine its
/// context; what is posted says so by its name, in a class that knows that others keep its objects.
bool runsLater(const Body &body, const Handler &handler, const CallSite &site, bool shared, Callees &callees) {
  const CXXRecordDecl *first = handler.run->getNumParams() > 0 ? classOf(handler.run->getParamDecl(0)->getType().getNonReferenceType()) : nullptr;
  if (nameOf(first) == "error_code")
    return true;
  const auto *lambda = dyn_cast<LambdaExpr>(handler.callable);
  const Body *inner = lambda ? callees.code().bodyOf(handler.run) : nullptr;
  const bool dropped = site.expr->getType()->isVoidType() || body.isDiscarded(site.expr);
  if (!shared || !dropped || !inner)
    return false;
  if (inner->isCoroutine()) {
    for (unsigned i = 0; i < site.arguments.size(); ++i)
      if (lambdaOf(site.arguments[i], body) == lambda && callees.runsLoose(site, i))
        return true;
    return callees.model(site, catalog::FunctionRole::Spawner) != nullptr;
  }
  if (nameOf(first).ends_with("yield_context"))
    return true;
  const bool later = callees.model(site, catalog::FunctionRole::Callback) ||
                     (!callees.code().bodyOf(site.callee->getDefinition()) && givenToOwner(lambda, site, body));
  return later && says::postpones(nameOf(site.callee));
}

} // namespace

bool isOfOwnMember(const CallSite &site) {
  const Expr *object = site.object ? site.object : site.arguments.empty() ? nullptr : site.arguments.front();
  if (const auto *arrow = object ? dyn_cast<CXXOperatorCallExpr>(object->IgnoreParenImpCasts()) : nullptr;
      arrow && arrow->getOperator() == OO_Arrow && !isCopyable(classOf(arrow->getArg(0)->getType())))
    object = arrow->getArg(0); // of a unique_ptr
  const auto *member = object ? dyn_cast<MemberExpr>(object->IgnoreParenImpCasts()) : nullptr;
  for (; member; member = dyn_cast<MemberExpr>(member->getBase()->IgnoreParenImpCasts())) {
    const QualType type = member->getMemberDecl()->getType();
    if (!isa<FieldDecl>(member->getMemberDecl()) || type->isReferenceType() || type->isPointerType())
      return false;
    if (isa<CXXThisExpr>(member->getBase()->IgnoreParenImpCasts()))
      return true;
  }
  return object && isa<CXXThisExpr>(object->IgnoreParenImpCasts());
}

std::optional<CallSite> receiverOf(const Expr *callable, const Body &body) {
  const Stmt *parent = body.meaningfulParentOf(callable);
  if (isa_and_nonnull<CXXConstructExpr>(parent)) // of a std::function
    parent = body.meaningfulParentOf(parent);
  const auto *call = dyn_cast_or_null<CallExpr>(parent);
  const std::optional<CallSite> site = call ? CallSite::of(call) : std::nullopt;
  return site && site->callee && !site->callee->isInStdNamespace() && !isLambdaCall(site->callee) ? site : std::nullopt;
}

bool givenToOwner(const LambdaExpr *lambda, const CallSite &site, const Body &body) {
  for (unsigned i = 0; i < site.arguments.size(); ++i)
    if (lambdaOf(site.arguments[i], body) == lambda && ownsCallable(site, i))
      return true;
  return false;
}

const Expr *handlerThatKeeps(const Body &body, const CXXRecordDecl *record, const FunctionDecl *callee) {
  for (const Stmt *node : body.nodes) {
    const Handler handler = handlerOf(node);
    const std::optional<CallSite> receiver = handler.keeps && handler.record == record ? receiverOf(handler.callable, body) : std::nullopt;
    if (receiver && nameOf(receiver->callee) == nameOf(callee))
      return handler.callable;
  }
  return nullptr;
}

std::vector<LooseHandler> looseHandlers(const Body &body, Callees &callees) {
  std::vector<LooseHandler> found;
  for (const Stmt *node : body.nodes) {
    const Handler handler = handlerOf(node);
    const std::optional<CallSite> site = handler.callable && !handler.keeps ? receiverOf(handler.callable, body) : std::nullopt;
    if (!site)
      continue;
    const bool shared = !strongCall(handler.record).empty(), own = isOfOwnMember(*site);
    if ((!shared && own) || !runsLater(body, handler, *site, shared, callees))
      continue;
    found.push_back({handler.callable, site->expr, shared && !own ? handlerThatKeeps(body, handler.record, site->callee) : nullptr});
  }
  return found;
}

} // namespace coroguard
