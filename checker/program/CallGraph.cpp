// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Collects invocations body by body.
#include "checker/program/CallGraph.h"

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/Names.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

namespace {

/// A temporary with something left to destroy: not the value a variable is made of, nor one that the callee moves from.
bool diesHere(const CXXBindTemporaryExpr *bound, const Body &body) {
  const Stmt *parent = body.parentOf(bound);
  if (isa_and_nonnull<ExprWithCleanups>(parent))
    return body.isDiscarded(bound);
  const auto *temporary = dyn_cast_or_null<MaterializeTemporaryExpr>(parent);
  const std::optional<CallSite> taker = temporary ? CallSite::of(body.parentOf(temporary)) : std::nullopt;
  for (unsigned i = 0; taker && i < taker->arguments.size(); ++i)
    if (const ParmVarDecl *parameter = taker->parameter(i); parameter && taker->arguments[i] == temporary)
      return !parameter->getType()->isRValueReferenceType();
  return temporary != nullptr;
}

bool isItsJoin(const Stmt *node, const VarDecl *variable) {
  const auto *call = dyn_cast<CXXMemberCallExpr>(node);
  const auto *object = call ? dyn_cast_or_null<DeclRefExpr>(peelMoves(call->getImplicitObjectArgument())) : nullptr;
  const CXXMethodDecl *method = call ? call->getMethodDecl() : nullptr;
  return object && object->getDecl() == variable && nameOf(method) == "join";
}

/// `run(counter)`, `[&counter] { … }`: whoever has it may await it.
bool isGivenAway(const VarDecl *variable, const Body &body) {
  return !body.capturedBy(variable).empty() || llvm::any_of(body.references(variable), [&](const DeclRefExpr *reference) {
    const std::optional<CallSite> call = CallSite::of(body.meaningfulParentOf(reference));
    return call && llvm::any_of(call->arguments, [&](const Expr *argument) { return peelMoves(argument) == reference; });
  });
}

/// What was awaited, or joined in so many words, has come to its end: its destructor does not wait for it again.
bool isDoneBefore(const VarDecl *variable, const Body &body) {
  const CXXRecordDecl *record = classOf(variable->getType());
  const bool awaitable = record && (isAwaiter(record) || memberCoAwait(record));
  if (awaitable && isGivenAway(variable, body))
    return true;
  return llvm::any_of(body.nodes, [&](const Stmt *node) {
    const auto *await = dyn_cast<CoawaitExpr>(node);
    if (!await)
      return isItsJoin(node, variable);
    const auto *awaited = dyn_cast_or_null<DeclRefExpr>(peelMoves(await->getOperand()));
    return (awaited && awaited->getDecl() == variable) ||
           (awaitable && anyDescendant(await->getOperand(), [&](const Stmt *part) {
              const auto *reference = dyn_cast<DeclRefExpr>(part);
              return reference && reference->getDecl() == variable;
            }));
  });
}

} // namespace

CallGraph::CallGraph(const CodeIndex &code, TaskTypes &types, AsyncContexts &contexts) : code_(code), types_(types), contexts_(contexts) {
  for (const Body &body : code.bodies())
    addBody(body);
}

llvm::ArrayRef<Invocation> CallGraph::of(const Body &body) const {
  auto found = invocations_.find(&body);
  return found == invocations_.end() ? llvm::ArrayRef<Invocation>() : llvm::ArrayRef<Invocation>(found->second);
}

void CallGraph::addBody(const Body &body) {
  for (const Stmt *node : body.nodes) {
    if (std::optional<CallSite> site = CallSite::of(node)) {
      addCall(body, *site, node, node->getSourceRange());
    } else if (const auto *defaulted = dyn_cast<CXXDefaultArgExpr>(node)) {
      addHidden(body, defaulted->getExpr(), node, SourceRange(defaulted->getUsedLocation()));
    } else if (const auto *bound = dyn_cast<CXXBindTemporaryExpr>(node)) {
      if (diesHere(bound, body))
        addDestruction(body, bound->getType(), node, bound->getSourceRange());
    } else if (const auto *removal = dyn_cast<CXXDeleteExpr>(node)) {
      addDestruction(body, removal->getDestroyedType(), node, removal->getSourceRange());
    } else if (const auto *declaration = dyn_cast<DeclStmt>(node)) {
      for (const Decl *decl : declaration->decls())
        if (const auto *variable = dyn_cast<VarDecl>(decl); variable && variable->hasLocalStorage() &&
                                                            !variable->getType()->isReferenceType() &&
                                                            !isMovedFrom(variable, body) && !isDoneBefore(variable, body))
          addDestruction(body, variable->getType(), node, SourceRange(variable->getLocation()));
    }
  }
  if (const auto *constructor = dyn_cast<CXXConstructorDecl>(body.function))
    addInitialisers(body, constructor, nullptr, SourceRange(constructor->getLocation()), 1);
}

/// Moved or returned: the object dies elsewhere.
bool CallGraph::isMovedFrom(const VarDecl *variable, const Body &body) const {
  if (variable->isNRVOVariable())
    return true;
  return llvm::any_of(body.references(variable), [&](const DeclRefExpr *reference) {
    const Stmt *parent = body.meaningfulParentOf(reference);
    const auto *call = dyn_cast_or_null<CallExpr>(parent);
    return (call && call->getNumArgs() == 1 && peelMoves(call) != call) || isa_and_nonnull<ReturnStmt, CoreturnStmt>(parent);
  });
}

/// A library with a pack is known by what its pack says, not by what its headers do inside; but for its own code.
bool CallGraph::entersLibrary(const Body &body, const FunctionDecl *callee) const {
  const catalog::LibraryInfo *library = types_.libraryOf(callee);
  return library && types_.libraryOf(body.function) != library;
}

void CallGraph::addCall(const Body &body, const CallSite &site, const Stmt *node, SourceRange range) {
  if (!site.callee)
    return;
  Invocation invocation;
  invocation.site = site;
  invocation.node = node;
  invocation.range = range;
  if (const Body *target = contexts_.bodyRunBy(site); target && !entersLibrary(body, site.callee))
    invocation.runs.push_back(target);
  for (const Body *target : contexts_.callablesRunBy(site, body))
    if (!llvm::is_contained(invocation.runs, target))
      invocation.runs.push_back(target);
  for (const Expr *argument : site.arguments)
    if (const FunctionDecl *given = contexts_.callables().functionOf(argument); given && !code_.bodyOf(given)) {
      const Expr *mention = peelMoves(argument);
      if (const auto *address = dyn_cast<UnaryOperator>(mention))
        mention = address->getSubExpr()->IgnoreParens();
      const Expr *receiver = nullptr;
      if (contexts_.fateOf(mention, body, &receiver) == CallableFate::Called && receiver == site.expr)
        invocation.given = given;
    }
  invocations_[&body].push_back(std::move(invocation));
  // A constructor the compiler wrote runs those of members and bases.
  const auto *constructor = dyn_cast<CXXConstructorDecl>(site.callee);
  if (constructor && !constructor->isUserProvided() && !constructor->isCopyOrMoveConstructor())
    addInitialisers(body, constructor, node, range, 1);
}

/// Calls of code that stands elsewhere: default arguments, default member initialisers.
void CallGraph::addHidden(const Body &body, const Stmt *hidden, const Stmt *node, SourceRange range, int depth) {
  if (!hidden || depth > 24 || isa<LambdaExpr>(hidden))
    return;
  if (std::optional<CallSite> site = CallSite::of(hidden))
    addCall(body, *site, node, range);
  if (const auto *initialiser = dyn_cast<CXXDefaultInitExpr>(hidden))
    addHidden(body, initialiser->getExpr(), node, range, depth + 1);
  for (const Stmt *child : hidden->children())
    addHidden(body, child, node, range, depth + 1);
}

void CallGraph::addInitialisers(const Body &body, const CXXConstructorDecl *constructor, const Stmt *node,
                                SourceRange range, int depth) {
  const auto *definition = cast_or_null<CXXConstructorDecl>(constructor->getDefinition());
  if (!definition || depth > 3)
    return;
  for (const CXXCtorInitializer *initialiser : definition->inits())
    if (!initialiser->isWritten() && initialiser->getInit() && initialiser->isAnyMemberInitializer())
      addHidden(body, initialiser->getInit(), node, range, depth);
}

void CallGraph::addDestruction(const Body &body, QualType type, const Stmt *node, SourceRange range, int depth) {
  const CXXRecordDecl *record = classOf(type->isArrayType() ? QualType(type->getBaseElementTypeUnsafe(), 0) : type);
  if (type->isReferenceType() || !record || !record->hasDefinition() || record->hasTrivialDestructor() || depth > 3)
    return;
  const CXXDestructorDecl *destructor = record->getDestructor();
  if (!destructor || (isa<CXXDeleteExpr>(node) && destructor->isVirtual() && !record->hasAttr<FinalAttr>()))
    return;
  Invocation invocation;
  invocation.site.callee = destructor;
  invocation.node = node;
  invocation.range = range;
  invocation.destroys = true;
  if (const Body *target = isNonBlocking(destructor) ? nullptr : code_.bodyOf(destructor))
    invocation.runs.push_back(target);
  invocations_[&body].push_back(std::move(invocation));
  if (record->isInStdNamespace())
    return;
  for (const FieldDecl *field : record->fields())
    addDestruction(body, field->getType(), node, range, depth + 1);
  for (const CXXBaseSpecifier &base : record->bases())
    addDestruction(body, base.getType(), node, range, depth + 1);
}

} // namespace coroguard
