// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows callables from where they are written to who runs them.
#include "checker/semantics/Callables.h"

#include "checker/semantics/KeptObjects.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {

using catalog::FunctionModel;
using catalog::FunctionRole;
using catalog::TypeRole;

namespace {

bool isStdNamed(const CallExpr *call, llvm::ArrayRef<llvm::StringRef> names) {
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  return callee && callee->isInStdNamespace() && callee->getIdentifier() && llvm::is_contained(names, callee->getName());
}

bool isLambdaClass(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return record && record->isLambda();
}

/// Wrappers that hold a callable: `std::function` and its like, by shape.
bool isFunctionWrapper(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  if (!record || record->isLambda() || !record->getIdentifier())
    return false;
  return llvm::StringSwitch<bool>(record->getName())
      .Cases({"function", "move_only_function", "copyable_function", "function_ref", "unique_function", "any_invocable"}, true)
      .Cases({"AnyInvocable", "Function", "FunctionRef", "noncopyable_function", "packaged_task"}, true)
      .Default(false);
}

/// `__for_each_fn` of libstdc++, `__for_each::__fn` of libc++; adaptors, which make views, stand in `views`.
bool isRangesAlgorithm(const CXXRecordDecl *record) {
  if (!record->getIdentifier() || !(record->getName().ends_with("_fn") || record->getName() == "__fn"))
    return false;
  bool standard = false;
  for (const DeclContext *scope = record->getDeclContext(); scope; scope = scope->getParent())
    if (const auto *space = dyn_cast<NamespaceDecl>(scope)) {
      if (space->getName() == "views")
        return false;
      standard |= space->isStdNamespace();
    }
  return standard;
}

/// Functions of the standard library that take a callable call it before they return, but for those that make objects
/// or threads out of it.
bool callsItsCallable(const FunctionDecl *callee) {
  if (const auto *method = dyn_cast<CXXMethodDecl>(callee); method && method->getOverloadedOperator() == OO_Call)
    return isRangesAlgorithm(method->getParent()); // std::ranges::for_each is an object
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

bool isTransparent(const Stmt *node) {
  if (const auto *address = dyn_cast<UnaryOperator>(node))
    return address->getOpcode() == UO_AddrOf || address->getOpcode() == UO_Plus;
  return isa<ParenExpr, ImplicitCastExpr, FullExpr, MaterializeTemporaryExpr, CXXBindTemporaryExpr, CXXFunctionalCastExpr,
             CXXStaticCastExpr>(node);
}

bool sameExpr(const Expr *a, const Stmt *b) {
  return a && b && isa<Expr>(b) && a->IgnoreParenImpCasts() == cast<Expr>(b)->IgnoreParenImpCasts();
}

} // namespace

bool Callables::isMention(const Stmt *node) {
  if (isa<LambdaExpr>(node))
    return true;
  if (const auto *member = dyn_cast<MemberExpr>(node))
    return isa<FieldDecl>(member->getMemberDecl()) && isFunctionWrapper(member->getType());
  const auto *reference = dyn_cast<DeclRefExpr>(node);
  return reference && (isa<FunctionDecl>(reference->getDecl()) ||
                       (isa<VarDecl>(reference->getDecl()) && (isLambdaClass(reference->getType()) ||
                                                               isFunctionWrapper(reference->getType()))));
}

/// Through moves, conversions to wrappers, `std::bind` and variables that hold one callable all their life.
const Expr *Callables::unwrapped(const Expr *callable, const Body &body) const {
  for (int depth = 0; depth < 6; ++depth) {
    const Expr *inner = peelMoves(callable);
    if (!inner)
      return callable;
    if (const auto *address = dyn_cast<UnaryOperator>(inner); address && isTransparent(address)) {
      callable = address->getSubExpr();
    } else if (const auto *construct = dyn_cast<CXXConstructExpr>(inner);
               construct && construct->getNumArgs() >= 1 && isFunctionWrapper(construct->getType())) {
      callable = construct->getArg(0);
    } else if (const auto *call = dyn_cast<CallExpr>(inner);
               call && call->getNumArgs() >= 1 && isStdNamed(call, {"bind", "bind_front", "bind_back", "ref", "cref"})) {
      callable = call->getArg(0);
    } else if (const VarDecl *variable = localOf(inner); variable && isFunctionWrapper(variable->getType())) {
      const LocalValues values = valuesOf(variable, body);
      if (values.given.size() != 1)
        return inner;
      callable = values.given.front();
    } else {
      return inner;
    }
  }
  return callable;
}

llvm::ArrayRef<std::pair<const Expr *, const Body *>> Callables::keptIn(const FieldDecl *field) const {
  if (!keptFound_) {
    keptFound_ = true;
    for (const Body &body : code_.bodies()) {
      for (const Stmt *node : body.nodes)
        if (const auto *assignment = dyn_cast<CXXOperatorCallExpr>(node);
            assignment && assignment->getOperator() == OO_Equal && assignment->getNumArgs() == 2)
          if (const auto *member = dyn_cast<MemberExpr>(assignment->getArg(0)->IgnoreParenImpCasts()))
            if (const auto *kept = dyn_cast<FieldDecl>(member->getMemberDecl()); kept && isFunctionWrapper(kept->getType()))
              kept_[kept].emplace_back(assignment->getArg(1), &body);
      if (const auto *constructor = dyn_cast<CXXConstructorDecl>(body.function))
        for (const CXXCtorInitializer *initialiser : constructor->inits())
          if (initialiser->isMemberInitializer() && isFunctionWrapper(initialiser->getMember()->getType()))
            kept_[initialiser->getMember()].emplace_back(initialiser->getInit(), &body);
    }
  }
  auto found = kept_.find(field);
  return found == kept_.end() ? llvm::ArrayRef<std::pair<const Expr *, const Body *>>()
                              : llvm::ArrayRef<std::pair<const Expr *, const Body *>>(found->second);
}

Bodies Callables::bodiesOf(const Expr *callable, const Body &body) const {
  Bodies bodies;
  const Expr *inner = unwrapped(callable, body);
  if (!inner)
    return bodies;
  if (const auto *member = dyn_cast<MemberExpr>(inner))
    if (const auto *field = dyn_cast<FieldDecl>(member->getMemberDecl())) {
      for (const auto &[kept, where] : keptIn(field))
        if (const Expr *value = unwrapped(kept, *where); value && !isa<MemberExpr>(value))
          llvm::append_range(bodies, bodiesOf(value, *where));
      return bodies;
    }
  if (const FunctionDecl *function = functionOf(inner)) {
    if (const Body *found = code_.bodyOf(function))
      bodies.push_back(found);
    return bodies;
  }
  const CXXRecordDecl *closure = classOf(inner->getType());
  if (closure && !closure->isLambda() && !isFunctionWrapper(inner->getType())) { // an object of a class of the user's
    addCallOperators(closure, bodies);
    return bodies.size() == 1 ? bodies : Bodies();
  }
  if (!closure || !closure->isLambda())
    return bodies;
  if (const Body *found = code_.bodyOf(closure->getLambdaCallOperator()))
    bodies.push_back(found);
  else if (const FunctionTemplateDecl *generic = closure->getDependentLambdaCallOperator())
    for (const FunctionDecl *specialization : generic->specializations())
      if (const Body *instance = code_.bodyOf(specialization))
        bodies.push_back(instance);
  return bodies;
}

/// Those of the class, and of its bases if it makes them its own: `struct Overloaded : Ts... { using Ts::operator()...; }`.
void Callables::addCallOperators(const CXXRecordDecl *record, Bodies &bodies, unsigned depth) const {
  if (!record || !record->hasDefinition() || record->isInStdNamespace() || depth > 4)
    return;
  auto add = [&](const FunctionDecl *function) {
    if (const Body *body = code_.bodyOf(function); body && !llvm::is_contained(bodies, body))
      bodies.push_back(body);
  };
  for (const Decl *decl : record->decls()) {
    const auto *generic = dyn_cast<FunctionTemplateDecl>(decl);
    if (const auto *method = dyn_cast<CXXMethodDecl>(decl); method && method->getOverloadedOperator() == OO_Call)
      add(method);
    else if (generic && generic->getTemplatedDecl()->getOverloadedOperator() == OO_Call)
      llvm::for_each(generic->specializations(), add);
  }
  for (const CXXBaseSpecifier &base : record->bases())
    addCallOperators(classOf(base.getType()), bodies, depth + 1);
}

Bodies Callables::functionObjectRunBy(const CallSite &call, const Expr *argument) const {
  Bodies bodies;
  const CXXRecordDecl *record = classOf(argument->getType().getNonReferenceType());
  if (!record || record->isLambda() || !call.callee || !callsItsCallable(call.callee))
    return bodies;
  addCallOperators(record, bodies);
  // Nobody says which of several is meant, but a visitor is there for all of them, and so is a template.
  const bool all = (nameOf(call.callee) == "visit") ||
                   llvm::all_of(bodies, [](const Body *body) { return body->function->isTemplateInstantiation(); });
  return bodies.size() == 1 || all ? bodies : Bodies();
}

const FunctionDecl *Callables::functionOf(const Expr *callable) const {
  const Expr *inner = peelMoves(callable);
  if (const auto *address = dyn_cast_or_null<UnaryOperator>(inner); address && address->getOpcode() == UO_AddrOf)
    inner = address->getSubExpr()->IgnoreParens();
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(inner);
  return reference ? dyn_cast<FunctionDecl>(reference->getDecl()) : nullptr;
}

CallableFate Callables::fateOf(const Expr *mention, const Body &body, const Expr **receiver) {
  const Stmt *child = mention;
  const Stmt *parent = body.parentOf(child);
  while (parent && isTransparent(parent)) {
    child = parent;
    parent = body.parentOf(parent);
  }
  if (const auto *choice = dyn_cast_or_null<AbstractConditionalOperator>(parent); choice && choice->getCond() != child)
    return fateOf(choice, body, receiver);
  if (const auto *elements = dyn_cast_or_null<InitListExpr>(parent))
    return fateInTable(elements, body, receiver);
  std::optional<CallSite> call = CallSite::of(parent);
  if (!call || !call->callee)
    return CallableFate::Unknown;
  if (const auto *wrapper = dyn_cast<CXXConstructExpr>(parent)) {
    if (types_.hasRole(wrapper->getType(), TypeRole::Thread))
      return CallableFate::OffLoop;
    // Copies, and conversions to std::function and the like, are transparent; other constructors keep it.
    const bool holds = wrapper->getConstructor()->isCopyOrMoveConstructor() || isFunctionWrapper(wrapper->getType());
    if (holds || (wrapper->getNumArgs() == 1 && !isa_and_nonnull<DeclStmt>(body.meaningfulParentOf(wrapper))))
      return fateOf(wrapper, body, receiver);
    return CallableFate::Unknown;
  }
  if (receiver)
    *receiver = call->expr;
  if (const auto *direct = dyn_cast<CallExpr>(parent); direct && direct->getCallee() == child) // `function()`
    return CallableFate::Called;
  if (sameExpr(call->object, child)) // `[] { … }()`, not `function = …`
    return call->callee->getOverloadedOperator() == OO_Call ? CallableFate::Called : CallableFate::Unknown;
  if (isStdNamed(dyn_cast<CallExpr>(parent), {"move", "forward", "ref", "cref", "bind", "bind_front", "bind_back"}))
    return fateOf(call->expr, body, receiver);
  return fateAsArgument(*call, cast<Expr>(child), body);
}

/// `Callback table[] = {on_read, on_close}; … start(handle, table[i]);`: whatever becomes of one element.
CallableFate Callables::fateInTable(const InitListExpr *elements, const Body &body, const Expr **receiver) {
  const auto *declaration = dyn_cast_or_null<DeclStmt>(body.meaningfulParentOf(elements));
  const auto *table = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
  if (!table || !table->getType()->isArrayType())
    return CallableFate::Unknown;
  for (const DeclRefExpr *reference : body.references(table))
    if (const auto *element = dyn_cast_or_null<ArraySubscriptExpr>(body.meaningfulParentOf(reference)); element && !body.contains(elements, reference))
      if (const CallableFate fate = fateOf(element, body, receiver); fate != CallableFate::Unknown)
        return fate;
  return CallableFate::Unknown;
}

CallableFate Callables::fateAsArgument(const CallSite &call, const Expr *argument, const Body &body) {
  const bool pool = llvm::any_of(call.arguments, [&](const Expr *other) {
    return other != argument && owners_.ownsValue(other) && !owners_.isLoop(other->getType());
  });
  const llvm::SmallVector<const FunctionModel *, 2> rows = callees_.models(call);
  const auto own = llvm::find_if(rows, [&](const FunctionModel *row) { // `uv_queue_work(loop, request, work, after)` has two
    return rows.size() > 1 && row->argument >= 0 && static_cast<size_t>(row->argument) < call.arguments.size() &&
           call.arguments[row->argument] == argument && fateByRole(row->role) != CallableFate::Unknown;
  });
  if (own != rows.end())
    return fateByRole((*own)->role);
  for (const FunctionModel *row : rows) {
    if (row->role == FunctionRole::Move) // `bind_executor(pool, handler)`
      return pool ? CallableFate::OffLoop : fateOf(call.expr, body);
    // Handlers of completion, beside the work that is spawned.
    if (row->role == FunctionRole::Spawner && row->argument >= 0 &&
        static_cast<size_t>(row->argument) < call.arguments.size() && call.arguments[row->argument] != argument)
      return pool ? CallableFate::OffLoop : CallableFate::OnLoop;
    if (CallableFate fate = fateByRole(row->role); fate != CallableFate::Unknown)
      return pool && fate == CallableFate::OnLoop ? CallableFate::OffLoop : fate;
  }
  if (call.object && owners_.owns(call.object->getType()) && !isa<CXXThisExpr>(call.object->IgnoreParenImpCasts()))
    return CallableFate::OffLoop;
  if (callsItsCallable(call.callee))
    return CallableFate::Called;
  if (call.object && owners_.isLoop(call.object->getType()) && storesWork(call, code_))
    return CallableFate::OnLoop;
  for (unsigned i = 0; i < call.arguments.size(); ++i)
    if (call.arguments[i] == argument)
      if (const ParmVarDecl *parameter = call.parameter(i); parameter && !pool)
        if (callsParameter(call.callee, parameter->getFunctionScopeIndex()))
          return CallableFate::Called;
  return CallableFate::Unknown;
}

bool Callables::callsParameter(const FunctionDecl *function, unsigned i) {
  auto [entry, fresh] = calls_.try_emplace({function->getCanonicalDecl(), i}, false); // recursion: not seen to call it
  if (!fresh)
    return entry->second;
  const Body *body = code_.bodyOf(function);
  if (!body || body->isCoroutine() || i >= body->function->getNumParams())
    return false;
  const ParmVarDecl *parameter = body->function->getParamDecl(i);
  for (const DeclRefExpr *reference : body->references(parameter)) {
    const Stmt *child = reference;
    const Stmt *parent = body->parentOf(child);
    while (parent && (isTransparent(parent) || isStdNamed(dyn_cast<CallExpr>(parent), {"move", "forward"}) ||
                      isa<UnaryOperator>(parent))) {
      child = parent;
      parent = body->parentOf(parent);
    }
    const auto *direct = dyn_cast_or_null<CallExpr>(parent);
    const bool calls = direct && (direct->getCallee() == child || fateOf(reference, *body) == CallableFate::Called);
    if (calls)
      return calls_[{function->getCanonicalDecl(), i}] = true;
  }
  return false;
}

} // namespace coroguard
