// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds the code that runs on event loops.
#include "checker/semantics/AsyncContexts.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {

using catalog::FunctionModel;
using catalog::FunctionRole;
using catalog::TypeRole;

bool isNonBlocking(const FunctionDecl *function) {
  const auto *prototype = function->getType()->getAs<FunctionProtoType>();
  if (!prototype)
    return false;
  for (const FunctionEffectWithCondition &effect : prototype->getFunctionEffects())
    if (effect.Effect.kind() == FunctionEffect::Kind::NonBlocking ||
        effect.Effect.kind() == FunctionEffect::Kind::NonAllocating)
      return true;
  return false;
}

AsyncContexts::AsyncContexts(const CodeIndex &code, TaskTypes &types, Callees &callees)
    : code_(code), types_(types), callees_(callees) {
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
  propagate();
}

AsyncContext AsyncContexts::of(const Body &body) const { return contexts_.lookup(&body); }

void AsyncContexts::findCallbacks() {
  for (const Body &body : code_.bodies()) {
    for (const Stmt *node : body.nodes) {
      const auto *reference = dyn_cast<DeclRefExpr>(node);
      if (!isa<LambdaExpr>(node) && !(reference && isa<FunctionDecl>(reference->getDecl())))
        continue;
      const Body *target = bodyOfCallable(cast<Expr>(node));
      const Expr *receiver = nullptr;
      if (target && !contexts_.count(target) &&
          fateOf(cast<Expr>(node), body, &receiver) == CallableFate::OnLoop)
        contexts_[target] = {ContextKind::LoopCallback, receiver};
    }
  }
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

const Body *AsyncContexts::bodyOfCallable(const Expr *mention) const {
  if (const auto *lambda = dyn_cast<LambdaExpr>(mention))
    return code_.bodyOf(lambda->getCallOperator());
  if (const auto *reference = dyn_cast<DeclRefExpr>(mention))
    if (const auto *function = dyn_cast<FunctionDecl>(reference->getDecl()))
      return code_.bodyOf(function);
  return nullptr;
}

const Body *AsyncContexts::bodyRunBy(const CallSite &call) const {
  if (!call.callee || isNonBlocking(call.callee))
    return nullptr;
  const auto *method = dyn_cast<CXXMethodDecl>(call.callee);
  if (method && method->isVirtual() && !method->hasAttr<FinalAttr>()) {
    // Statically known only when called on the object's own class.
    const auto *member = dyn_cast<CXXMemberCallExpr>(call.expr);
    const auto *named = member ? dyn_cast<MemberExpr>(member->getCallee()->IgnoreParens()) : nullptr;
    const bool direct = named && (named->hasQualifier() || (method->getParent()->hasAttr<FinalAttr>()) ||
                                  (call.object && !call.object->getType()->isPointerType() &&
                                   isa<DeclRefExpr>(call.object->IgnoreParenImpCasts()) &&
                                   !cast<DeclRefExpr>(call.object->IgnoreParenImpCasts())->getDecl()->getType()->isReferenceType()));
    if (!direct)
      return nullptr;
  }
  const Body *body = code_.bodyOf(call.callee);
  return body && !body->isCoroutine() ? body : nullptr;
}

std::vector<const Body *> AsyncContexts::callablesRunBy(const CallSite &call, const Body &body) {
  std::vector<const Body *> bodies;
  for (const Expr *argument : call.arguments) {
    const Expr *mention = peelMoves(argument);
    if (!mention || !isa<LambdaExpr, DeclRefExpr>(mention))
      continue;
    if (const auto *reference = dyn_cast<DeclRefExpr>(mention)) // a named closure
      if (const auto *variable = dyn_cast<VarDecl>(reference->getDecl()); variable && variable->hasInit())
        if (const auto *lambda = dyn_cast_or_null<LambdaExpr>(peel(variable->getInit())))
          mention = lambda;
    if (const Body *callable = bodyOfCallable(mention); callable && !callable->isCoroutine())
      if (fateOf(argument, body) == CallableFate::Called)
        bodies.push_back(callable);
  }
  return bodies;
}

namespace {

/// Functions of the standard library that take a callable call it before they return, but for those that make objects
/// or threads out of it.
bool callsItsCallable(const FunctionDecl *callee) {
  if (!callee->isInStdNamespace() || isa<CXXConstructorDecl>(callee) || !callee->getIdentifier())
    return false;
  const llvm::StringRef name = callee->getName();
  if (const auto *method = dyn_cast<CXXMethodDecl>(callee))
    return llvm::StringSwitch<bool>(name)
        .Cases({"and_then", "or_else", "transform", "transform_error", "visit", "remove_if", "sort", "merge", "unique"}, true)
        .Default(method->getParent()->getName() == "__visit");
  return !name.starts_with("make_") && !name.starts_with("bind") && !name.starts_with("allocate_") &&
         llvm::StringSwitch<bool>(name)
             .Cases({"async", "ref", "cref", "not_fn", "mem_fn", "move", "forward", "exchange", "swap", "addressof"}, false)
             .Cases({"atexit", "at_quick_exit", "set_terminate", "set_new_handler", "signal", "tuple_cat", "tie"}, false)
             .Default(true);
}

CallableFate fateByRole(FunctionRole role) {
  switch (role) {
  case FunctionRole::Callback: return CallableFate::OnLoop;
  case FunctionRole::Inline: return CallableFate::Called;
  case FunctionRole::Offload:
  case FunctionRole::Thread: return CallableFate::OffLoop;
  default: return CallableFate::Unknown;
  }
}

} // namespace

CallableFate AsyncContexts::fateOf(const Expr *mention, const Body &body, const Expr **receiver) {
  const Stmt *child = mention;
  const Stmt *parent = body.parentOf(child);
  while (parent && (isa<ParenExpr, ImplicitCastExpr, FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr>(parent) ||
                    isa<CXXFunctionalCastExpr>(parent))) {
    child = parent;
    parent = body.parentOf(parent);
  }
  std::optional<CallSite> call = CallSite::of(parent);
  if (!call || !call->callee)
    return CallableFate::Unknown;
  if (const auto *wrapper = dyn_cast<CXXConstructExpr>(parent)) {
    // Copies, and conversions to std::function and the like, are transparent.
    const bool thread = types_.hasRole(wrapper->getType(), TypeRole::Thread);
    if (thread)
      return CallableFate::OffLoop;
    if (wrapper->getNumArgs() == 1)
      return fateOf(wrapper, body, receiver);
    return CallableFate::Unknown;
  }
  if (receiver)
    *receiver = call->expr;
  if (call->object && call->object->IgnoreParenImpCasts() == cast<Expr>(child)->IgnoreParenImpCasts())
    return CallableFate::Called; // `[] { … }()`
  const llvm::StringRef name = call->callee->getIdentifier() ? call->callee->getName() : "";
  if (call->callee->isInStdNamespace() && (name == "move" || name == "forward" || name.starts_with("bind")))
    return fateOf(call->expr, body, receiver);
  for (const FunctionModel *row : callees_.models(*call))
    if (CallableFate fate = fateByRole(row->role); fate != CallableFate::Unknown) {
      const bool pool = fate == CallableFate::OnLoop && llvm::any_of(call->arguments, [&](const Expr *argument) {
        return types_.hasRole(argument->getType(), TypeRole::ThreadPool) || ownsThreads(argument->getType());
      });
      return pool ? CallableFate::OffLoop : fate;
    }
  if (call->object && ownsThreads(call->object->getType()->isPointerType() ? call->object->getType()->getPointeeType()
                                                                            : call->object->getType()))
    return CallableFate::OffLoop;
  if (callsItsCallable(call->callee))
    return CallableFate::Called;
  return CallableFate::Unknown;
}

bool AsyncContexts::ownsThreads(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  if (!record)
    return false;
  auto [entry, fresh] = threadOwners_.try_emplace(cast<CXXRecordDecl>(record->getCanonicalDecl()), false);
  if (!fresh)
    return entry->second;
  bool owns = types_.hasRole(type, TypeRole::ThreadPool);
  const CXXRecordDecl *definition = record->getDefinition();
  if (!owns && definition && !types_.hasRole(type, TypeRole::Loop)) {
    auto isThread = [&](QualType held) {
      const auto *container = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(held));
      if (container && container->getTemplateArgs().size() &&
          container->getTemplateArgs()[0].getKind() == TemplateArgument::Type)
        held = container->getTemplateArgs()[0].getAsType();
      return types_.hasRole(held, TypeRole::Thread);
    };
    owns = llvm::any_of(definition->fields(), [&](const FieldDecl *field) { return isThread(field->getType()); });
  }
  return threadOwners_[cast<CXXRecordDecl>(record->getCanonicalDecl())] = owns;
}

} // namespace coroguard
