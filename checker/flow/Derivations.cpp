// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each derived local along the paths from where it is obtained.
#include "checker/flow/Derivations.h"

#include "checker/flow/PathWalk.h"
#include "checker/semantics/Awaiting.h"

#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace clang;

namespace coroguard {
namespace {

enum Phase : unsigned { Fresh, Stale };

const ValueDecl *ownerOf(const Storage &storage) {
  if (!storage.part)
    return nullptr;
  if (storage.kind == Storage::Kind::Member)
    return storage.member->getType().isConstQualified() ? nullptr : storage.member;
  const VarDecl *variable = storage.kind == Storage::Kind::Lasting ? storage.variable : nullptr;
  return variable && !variable->getType().isConstQualified() && variable->getTLSKind() == VarDecl::TLS_None ? variable : nullptr;
}

/// What a local refers into when it is declared.
Storage derivedFrom(const VarDecl *variable, const Body &body) {
  if (variable->getType()->isReferenceType())
    return storageOf(variable, body);
  return pointsElsewhere(variable->getType()) && variable->hasInit() ? pointeeOf(variable->getInit(), body) : Storage();
}

/// `peer = &peers_[i];`
bool isAssigned(const DeclRefExpr *reference, const Body &body) {
  const Stmt *parent = body.meaningfulParentOf(reference);
  if (const auto *binary = dyn_cast_or_null<BinaryOperator>(parent))
    return binary->getOpcode() == BO_Assign && binary->getLHS()->IgnoreParens() == reference;
  const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(parent);
  return operation && operation->getOperator() == OO_Equal && operation->getArg(0)->IgnoreParenImpCasts() == reference;
}

bool assigns(const Stmt *node, const VarDecl *variable) {
  const Expr *target = nullptr;
  if (const auto *binary = dyn_cast<BinaryOperator>(node))
    target = binary->getOpcode() == BO_Assign ? binary->getLHS() : nullptr;
  else if (const auto *operation = dyn_cast<CXXOperatorCallExpr>(node))
    target = operation->getOperator() == OO_Equal ? operation->getArg(0) : nullptr;
  const auto *reference = dyn_cast_or_null<DeclRefExpr>(target ? target->IgnoreParenImpCasts() : nullptr);
  return reference && reference->getDecl() == variable;
}

} // namespace

std::vector<Derivation> Derivations::in(const Body &body) {
  std::vector<Derivation> found;
  if (!body.isCoroutine())
    return found;
  for (const CXXForRangeStmt *loop : body.all<CXXForRangeStmt>())
    if (std::optional<Derivation> derivation = ofLoop(body, loop))
      found.push_back(*derivation);
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls())
      if (const auto *variable = dyn_cast<VarDecl>(decl); variable && variable->hasLocalStorage())
        if (std::optional<Derivation> derivation = ofVariable(body, variable))
          found.push_back(*derivation);
  return found;
}

std::optional<Derivation> Derivations::ofVariable(const Body &body, const VarDecl *variable) {
  const Storage storage = derivedFrom(variable, body);
  Derivation derivation{variable, nullptr, ownerOf(storage)};
  if (!derivation.owner)
    return std::nullopt;
  derivation.change = shared_.invalidates(derivation.owner, body, isIterator(variable->getType()), storage.behind);
  if (derivation.change && !body.references(variable).empty())
    followVariable(body, derivation);
  return derivation;
}

void Derivations::followVariable(const Body &body, Derivation &derivation) {
  const FlowGraph *graph = graphs_.of(body);
  if (!graph)
    return;
  const VarDecl *variable = derivation.variable;
  const Stmt *use = nullptr, *suspension = nullptr;
  const bool finished = walkPaths(*graph, context_, {Fresh}, [&](const FlowStep &step, PathFact &fact) {
    if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && fact.phase == Fresh)
      fact = {Stale, step.statement};
    if (step.kind != FlowStep::Kind::Statement)
      return Way::GoesOn;
    const auto *declaration = dyn_cast<DeclStmt>(step.statement);
    if ((declaration && llvm::is_contained(declaration->decls(), variable)) || assigns(step.statement, variable))
      fact = {Fresh};
    const auto *reference = dyn_cast<DeclRefExpr>(step.statement);
    if (fact.phase != Stale || !mentions(step.statement, variable) || (reference && isAssigned(reference, body)))
      return Way::GoesOn;
    if (!use || context_.getSourceManager().isBeforeInTranslationUnit(step.statement->getBeginLoc(), use->getBeginLoc())) {
      use = step.statement;
      suspension = fact.since;
    }
    return Way::GoesOn;
  });
  if (!finished || !use)
    return;
  derivation.use = use;
  derivation.suspension = suspension;
  derivation.serialised = SharedState::areSerialised(body, use, suspension);
}

std::optional<Derivation> Derivations::ofLoop(const Body &body, const CXXForRangeStmt *loop) {
  Storage storage = storageOf(loop->getRangeInit(), body);
  storage.part = true;
  Derivation derivation{nullptr, loop, ownerOf(storage)};
  if (!derivation.owner)
    return std::nullopt;
  derivation.change = shared_.invalidates(derivation.owner, body, /*iterator=*/true, /*behind=*/false);
  const bool awaits = derivation.change && llvm::any_of(body.nodes, [&](const Stmt *node) {
    return isa<CoroutineSuspendExpr>(node) && body.contains(loop->getBody(), node);
  });
  if (awaits)
    followLoop(body, derivation);
  return derivation;
}

void Derivations::followLoop(const Body &body, Derivation &derivation) {
  const FlowGraph *graph = graphs_.of(body);
  if (!graph)
    return;
  const CXXForRangeStmt *loop = derivation.loop;
  const Stmt *suspension = nullptr;
  const bool finished = walkPaths(*graph, context_, {Fresh}, [&](const FlowStep &step, PathFact &fact) {
    if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && body.contains(loop->getBody(), step.statement))
      fact = {Stale, step.statement};
    else if (step.statement == loop->getRangeStmt() || step.statement == loop->getBeginStmt())
      fact = {Fresh};
    else if (step.statement == loop->getInc() && fact.phase == Stale && !suspension)
      suspension = fact.since;
    return Way::GoesOn;
  });
  if (!finished || !suspension)
    return;
  derivation.use = loop;
  derivation.suspension = suspension;
  derivation.serialised = SharedState::areSerialised(body, loop, suspension);
}

void Derivations::print(const Body &body, llvm::raw_ostream &out) {
  for (const Derivation &derivation : in(body)) {
    if (derivation.variable)
      out << "`" << derivation.variable->getName() << "` " << lineAndColumn(derivation.variable->getLocation(), context_);
    else
      out << "loop " << lineAndColumn(derivation.loop->getForLoc(), context_);
    out << " refers into `" << derivation.owner->getName() << "`\n";
    if (const Change *change = derivation.change)
      out << "  changed by `" << qualifiedName(*change->body) << "` " << quoted(change->at, context_) << '\n';
    else
      out << "  changed by nobody\n";
    if (derivation.use) {
      out << "  suspended " << quoted(derivation.suspension, context_) << '\n';
      out << (derivation.loop ? "  goes on with its iterator\n" : "  used " + quoted(derivation.use, context_) + "\n");
    }
    if (derivation.serialised)
      out << "  an awaited lock covers both\n";
    out << (derivation.isStale() ? "  stale\n" : "  fine\n");
  }
}

} // namespace coroguard
