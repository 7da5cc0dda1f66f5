// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each such variable along the paths from where it is obtained.
#include "rules/stale-reference/Check.h"

#include "checker/semantics/Exemptions.h"

using namespace clang;

namespace coroguard::rules {

namespace message = stale_reference::message;

StaleReferenceCheck::StaleReferenceCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, stale_reference::info()), options_(stale_reference::Options::read(Options)) {}

void StaleReferenceCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

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

void StaleReferenceCheck::checkUnit(Unit &unit) {
  SharedState state(unit.code());
  for (const Body &body : unit.bodies()) {
    if (!body.isCoroutine())
      continue;
    llvm::SmallPtrSet<const VarDecl *, 4> said;
    for (const CXXForRangeStmt *loop : body.all<CXXForRangeStmt>())
      if (checkLoop(body, loop, state, unit))
        said.insert(loop->getLoopVariable());
    for (const DeclStmt *declaration : body.all<DeclStmt>())
      for (const Decl *decl : declaration->decls())
        if (const auto *variable = dyn_cast<VarDecl>(decl); variable && variable->hasLocalStorage() && !said.contains(variable))
          checkVariable(body, variable, state, unit);
  }
}

bool StaleReferenceCheck::isAllowed(const ValueDecl *owner, Unit &unit) const {
  const CXXRecordDecl *record = classOf(owner->getType());
  return record && isExempt(options_.allowedTypes, unit.names().of(record));
}

void StaleReferenceCheck::checkVariable(const Body &body, const VarDecl *variable, SharedState &state, Unit &unit) {
  const Storage storage = derivedFrom(variable, body);
  const ValueDecl *owner = ownerOf(storage);
  const Change *change = owner && !isAllowed(owner, unit)
                             ? state.invalidates(owner, body, isIterator(variable->getType()), storage.behind) : nullptr;
  const FlowGraph *graph = change && !body.references(variable).empty() ? unit.graphs().of(body) : nullptr;
  if (!graph)
    return;
  const Stmt *use = nullptr, *suspension = nullptr;
  const bool finished = walkPaths(*graph, unit.ast(), {Fresh}, [&](const FlowStep &step, PathFact &fact) {
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
    if (!use || unit.ast().getSourceManager().isBeforeInTranslationUnit(step.statement->getBeginLoc(), use->getBeginLoc())) {
      use = step.statement;
      suspension = fact.since;
    }
    return Way::GoesOn;
  });
  if (!finished || !use || SharedState::areSerialised(body, use, suspension))
    return;
  const std::string name = variable->getNameAsString(), from = owner->getNameAsString();
  const std::string changer = unit.names().forPeople(change->body->function);
  report(&body, use->getSourceRange(), message::used(name, from, changer))
      .step(variable->getLocation(), message::derivedHere(name))
      .step(suspension->getBeginLoc(), message::suspendedHere())
      .step(change->at->getBeginLoc(), message::changedHere(changer, from));
}

bool StaleReferenceCheck::checkLoop(const Body &body, const CXXForRangeStmt *loop, SharedState &state, Unit &unit) {
  Storage storage = storageOf(loop->getRangeInit(), body);
  storage.part = true;
  const ValueDecl *owner = ownerOf(storage);
  const Change *change = owner && !isAllowed(owner, unit) ? state.invalidates(owner, body, /*iterator=*/true, /*behind=*/false) : nullptr;
  const bool awaits = change && llvm::any_of(body.nodes, [&](const Stmt *node) {
    return isa<CoroutineSuspendExpr>(node) && body.contains(loop->getBody(), node);
  });
  const FlowGraph *graph = awaits ? unit.graphs().of(body) : nullptr;
  if (!graph)
    return false;
  const Stmt *suspension = nullptr;
  const bool finished = walkPaths(*graph, unit.ast(), {Fresh}, [&](const FlowStep &step, PathFact &fact) {
    if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && body.contains(loop->getBody(), step.statement))
      fact = {Stale, step.statement};
    else if (step.statement == loop->getRangeStmt() || step.statement == loop->getBeginStmt())
      fact = {Fresh};
    else if (step.statement == loop->getInc() && fact.phase == Stale && !suspension)
      suspension = fact.since;
    return Way::GoesOn;
  });
  if (!finished || !suspension || SharedState::areSerialised(body, loop, suspension))
    return false;
  const std::string from = owner->getNameAsString(), changer = unit.names().forPeople(change->body->function);
  report(&body, loop->getForLoc(), message::loop(from, changer))
      .step(suspension->getBeginLoc(), message::suspendedHere())
      .step(change->at->getBeginLoc(), message::changedHere(changer, from));
  return true;
}

} // namespace coroguard::rules
