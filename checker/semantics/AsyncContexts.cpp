// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the code that runs on event loops.
#include "checker/semantics/AsyncContexts.h"

#include "clang/AST/Attr.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

bool isAnnotated(const FunctionDecl *function, llvm::StringRef text) {
  for (const FunctionDecl *declaration : function->redecls())
    for (const AnnotateAttr *annotation : declaration->specific_attrs<AnnotateAttr>())
      if (annotation->getAnnotation() == text)
        return true;
  return false;
}

bool hasEffect(const FunctionDecl *function, FunctionEffect::Kind one, FunctionEffect::Kind other) {
  const auto *prototype = function->getType()->getAs<FunctionProtoType>();
  if (!prototype)
    return false;
  for (const FunctionEffectWithCondition &effect : prototype->getFunctionEffects())
    if (effect.Effect.kind() == one || effect.Effect.kind() == other)
      return true;
  return false;
}

/// The callable an argument is made from: through moves, `&`, and whatever wraps it.
const Expr *mentionIn(const Expr *argument) {
  for (int depth = 0; depth < 6 && argument; ++depth) {
    const Expr *inner = peelMoves(argument);
    if (!inner || Callables::isMention(inner))
      return inner;
    if (const auto *address = dyn_cast<UnaryOperator>(inner); address && address->getOpcode() == UO_AddrOf)
      argument = address->getSubExpr();
    else if (const auto *construct = dyn_cast<CXXConstructExpr>(inner); construct && construct->getNumArgs() >= 1)
      argument = construct->getArg(0);
    else if (const auto *call = dyn_cast<CallExpr>(inner); call && call->getNumArgs() >= 1)
      argument = call->getArg(0);
    else
      return nullptr;
  }
  return nullptr;
}

/// Which function a virtual call runs is known when the object's class is: an object, a final class, a qualified name.
bool isStaticallyBound(const CallSite &call, const CXXMethodDecl *method) {
  if (!method->isVirtual() || method->hasAttr<FinalAttr>() || method->getParent()->hasAttr<FinalAttr>())
    return true;
  const auto *member = dyn_cast<CXXMemberCallExpr>(call.expr);
  const auto *named = member ? dyn_cast<MemberExpr>(member->getCallee()->IgnoreParens()) : nullptr;
  if (!named || named->hasQualifier())
    return named != nullptr || isa<CXXConstructExpr>(call.expr);
  const auto *object = call.object ? dyn_cast<DeclRefExpr>(call.object->IgnoreParenImpCasts()) : nullptr;
  return object && !object->getType()->isPointerType() && !object->getDecl()->getType()->isReferenceType();
}

} // namespace

bool isNonBlocking(const FunctionDecl *function) {
  return hasEffect(function, FunctionEffect::Kind::NonBlocking, FunctionEffect::Kind::NonBlocking) ||
         isAnnotated(function, "coroguard::nonblocking");
}

bool isDeclaredBlocking(const FunctionDecl *function) {
  return hasEffect(function, FunctionEffect::Kind::Blocking, FunctionEffect::Kind::Blocking) ||
         isAnnotated(function, "coroguard::blocking");
}

AsyncContexts::AsyncContexts(const CodeIndex &code, TaskTypes &types, Callees &callees)
    : code_(code), owners_(types), callables_(code, types, callees, owners_) {
  for (const Body &body : code.bodies()) {
    if (body.isCoroutine()) {
      const AsyncType *result = types.classify(body.function->getReturnType());
      // A synchronous generator runs on whatever thread pulls it.
      if (!result || result->kind != AsyncType::Kind::Generator)
        contexts_[&body] = {ContextKind::Coroutine};
    } else if (isNonBlocking(body.function)) {
      contexts_[&body] = {ContextKind::NonBlocking};
    }
  }
  findCallbacks();
  findInPlaceLambdas();
  if (findGivenLambdas())
    findInPlaceLambdas();
  propagate();
}

AsyncContext AsyncContexts::of(const Body &body) const { return contexts_.lookup(&body); }

AsyncContext AsyncContexts::enclosing(const Body &body, const Body **where) const {
  const Body *at = &body;
  while (at && !contexts_.count(at))
    at = inPlace_.count(at) ? at->parent : nullptr;
  if (where)
    *where = at;
  return at ? of(*at) : AsyncContext();
}

void AsyncContexts::findCallbacks() {
  for (const Body &body : code_.bodies()) {
    for (const Stmt *node : body.nodes) {
      if (!Callables::isMention(node))
        continue;
      const Expr *receiver = nullptr;
      if (callables_.fateOf(cast<Expr>(node), body, &receiver) != CallableFate::OnLoop)
        continue;
      for (const Body *target : callables_.bodiesOf(cast<Expr>(node), body))
        if (const AsyncContext known = of(*target);
            !known || (known.kind == ContextKind::LoopCallback && target->parent == &body && known.registrar != &body))
          contexts_[target] = {ContextKind::LoopCallback, receiver, &body}; // best where it is written
    }
  }
}

/// Parents come before the lambdas written in them, so one pass finds nested ones too.
void AsyncContexts::findInPlaceLambdas() {
  for (const Body &body : code_.bodies()) {
    if (!contexts_.count(&body) && !inPlace_.count(&body))
      continue;
    for (const Stmt *node : body.nodes) {
      const auto *mention = dyn_cast<Expr>(node);
      if (!mention || !Callables::isMention(node) || callables_.fateOf(mention, body) != CallableFate::Called)
        continue;
      for (const Body *target : callables_.bodiesOf(mention, body))
        if (target->lambda && target->parent == &body && !contexts_.count(target))
          inPlace_.try_emplace(target, mention);
    }
  }
}

/// `connect(socket, [] { … })`, where `connect` is ordinary code that keeps the lambda for a callback to call: what the
/// lambda does is done on the loop, and is best said where it is written.
bool AsyncContexts::findGivenLambdas() {
  std::vector<const Body *> pending;
  for (const Body &body : code_.bodies())
    if (enclosing(body))
      pending.push_back(&body);
  bool found = false;
  while (!pending.empty()) {
    const Body *caller = pending.back();
    pending.pop_back();
    for (const Stmt *node : caller->nodes) {
      const std::optional<CallSite> call = CallSite::of(node);
      const Body *target = call ? bodyRunBy(*call) : nullptr;
      if (!target || !target->lambda || !target->parent || target->parent->isCoroutine() || enclosing(*target))
        continue;
      const Body *within = caller;
      while (within && within != target->parent)
        within = within->parent;
      if (within)
        continue; // written where it is called
      const AsyncContext outer = enclosing(*caller);
      contexts_[target] = {ContextKind::LoopCallback, dyn_cast_or_null<CallExpr>(target->parent->meaningfulParentOf(target->lambda)),
                           target->parent, outer.origin ? outer.origin : outer.registration,
                           caller->isCoroutine() ? caller : outer.caller, caller->isCoroutine() ? call->expr : outer.call};
      pending.push_back(target);
      found = true;
    }
  }
  return found;
}

void AsyncContexts::propagate() {
  std::vector<const Body *> pending;
  auto reach = [&](const Body *body) {
    if (body && onLoop_.try_emplace(body, 1).second)
      pending.push_back(body);
  };
  for (const Body &body : code_.bodies())
    if (of(body))
      reach(&body);
  while (!pending.empty()) {
    const Body *body = pending.back();
    pending.pop_back();
    for (const Stmt *node : body->nodes)
      if (std::optional<CallSite> call = CallSite::of(node)) {
        reach(bodyRunBy(*call));
        for (const Body *callable : callablesRunBy(*call, *body))
          reach(callable);
      }
  }
}

const Body *AsyncContexts::bodyRunBy(const CallSite &call) const {
  const FunctionDecl *callee = call.callee;
  if (const auto *constructor = dyn_cast_or_null<CXXConstructorDecl>(callee); constructor && constructor->isInheritingConstructor())
    callee = constructor->getInheritedConstructor().getConstructor();
  if (!callee || isNonBlocking(callee))
    return nullptr;
  const auto *method = dyn_cast<CXXMethodDecl>(callee);
  if (method && !isStaticallyBound(call, method))
    return nullptr;
  const Body *body = code_.bodyOf(callee);
  return body && !body->isCoroutine() ? body : nullptr;
}

std::vector<const Body *> AsyncContexts::callablesRunBy(const CallSite &call, const Body &body) {
  std::vector<const Body *> bodies;
  auto add = [&](const Expr *callable) {
    for (const Body *target : callables_.bodiesOf(callable, body))
      if (!target->isCoroutine() && !isNonBlocking(target->function))
        bodies.push_back(target);
  };
  // `function()` of a std::function that holds a lambda written here.
  if (call.object && call.callee && call.callee->getOverloadedOperator() == OO_Call && Callables::isMention(call.object->IgnoreParenImpCasts()) &&
      !bodyRunBy(call))
    add(call.object);
  for (const Expr *argument : call.arguments) {
    const Expr *mention = mentionIn(argument), *receiver = nullptr;
    if (mention && callables_.fateOf(mention, body, &receiver) == CallableFate::Called && receiver == call.expr)
      add(mention);
    for (const Body *target : callables_.functionObjectRunBy(call, argument))
      if (!target->isCoroutine() && !isNonBlocking(target->function))
        bodies.push_back(target);
  }
  return bodies;
}

} // namespace coroguard
