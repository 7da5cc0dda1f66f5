// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Follows each tested member or global along the paths from its test.
#include "rules/check-then-act/Check.h"

#include "checker/flow/LateMarks.h"
#include "checker/flow/LockTypes.h"
#include "checker/flow/Presence.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"

using namespace clang;

namespace coroguard::rules {

namespace message = check_then_act::message;

CheckThenActCheck::CheckThenActCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, check_then_act::info()) {}

enum Phase : unsigned {
  Unknown,
  Tested,
  Suspended,    ///< since it was tested
  Noted,        ///< a flag holds what a test gave
  NotedLongAgo, ///< and the coroutine was suspended since
};

void CheckThenActCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies()) {
    if (!body.isCoroutine() || llvm::none_of(body.nodes, [](const Stmt *node) { return isa<CoroutineSuspendExpr>(node); }))
      continue;
    if (strict()) checkMarks(body, unit);
    llvm::SmallSetVector<const ValueDecl *, 4> owners;
    for (const Stmt *node : body.nodes)
      if (const auto *expr = dyn_cast<Expr>(node); expr && isa<MemberExpr, DeclRefExpr>(expr))
        if (const ValueDecl *owner = sharedNamedBy(expr))
          owners.insert(owner);
    Effort effort;
    for (const ValueDecl *owner : owners)
      if (llvm::any_of(body.nodes, [&](const Stmt *node) { return reliesOn(node, owner) || keyNeeded(node, owner, body); }))
        checkState(body, owner, effort, unit);
  }
}

/// `const bool up = peer_ != nullptr;`: what the flag holds, if it tells of `owner`.
static const Expr *notedBy(const Stmt *statement, const ValueDecl *owner, const Body &body) {
  const auto *declaration = dyn_cast<DeclStmt>(statement);
  const auto *flag = declaration && declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
  const Expr *value = flag && flag->getType()->isBooleanType() ? soleValueOf(flag, body) : nullptr;
  return value && saysPresent(value, owner, true, body) ? value : nullptr;
}

void CheckThenActCheck::checkState(const Body &body, const ValueDecl *owner, Effort &effort, Unit &unit) {
  const Change *change = unit.shared().empties(owner, body, /*wholly=*/false);
  const bool weak = !change && isWeakPointer(owner->getType());
  const FlowGraph *graph = change || weak ? unit.graphs().of(body) : nullptr;
  if (!graph) return;
  const Stmt *act = nullptr;
  PathFact proof;
  const bool finished = walkPaths(
      *graph, effort, {Unknown},
      [&](const FlowStep &step, PathFact &fact) {
        if (step.kind == FlowStep::Kind::Suspension && step.suspends != Suspends::Never && (fact.phase == Tested || fact.phase == Noted))
          fact = {fact.phase == Noted ? NotedLongAgo : Suspended, step.statement, fact.since};
        if (step.kind != FlowStep::Kind::Statement) return Way::GoesOn;
        auto needsTested = [&] {
          const Expr *needed = keyNeeded(step.statement, owner, body);
          const Expr *tested = needed ? keyTested(fact.cause, owner) : nullptr;
          return tested && sameKey(tested, needed, unit.ast());
        };
        if (const Expr *noted = fact.phase == Unknown ? notedBy(step.statement, owner, body) : nullptr)
          fact = {Noted, noted};
        if (strict() && fact.phase == Unknown && leadsTo(step.statement, owner))
          fact = {Tested, step.statement};
        if (fact.phase == Suspended && (reliesOn(step.statement, owner) || needsTested())) {
          if (!act || unit.ast().getSourceManager().isBeforeInTranslationUnit(step.statement->getBeginLoc(), act->getBeginLoc())) {
            act = step.statement;
            proof = fact;
          }
          fact = {Unknown};
        }
        const ValueDecl *changed = nullptr;
        if (const auto *expr = dyn_cast<Expr>(step.statement); expr && ((changeBy(expr, changed) && changed == owner) || asksAgain(expr, owner)))
          fact = {Unknown};
        return Way::GoesOn;
      },
      [&](const FlowEdge &edge, PathFact &fact) {
        if (!edge.condition) return Way::GoesOn;
        const Expr *flagged = valueOfFlag(edge.condition->IgnoreParenImpCasts(), body);
        std::optional<bool> present = saysPresent(edge.condition, owner, edge.truth, body);
        if (present && *present && flagged && fact.phase == NotedLongAgo && fact.cause == flagged)
          fact.phase = Suspended;
        else if (present)
          fact = *present ? PathFact{Tested, flagged ? flagged : edge.condition} : PathFact{Unknown};
        return Way::GoesOn;
      });
  const bool used = act && leadsTo(proof.cause, owner); // there was no test, but a use
  if (finished && act && change && (used || !strict()) && !keyTested(proof.cause, owner))
    change = unit.shared().empties(owner, body, /*wholly=*/true);
  if (!finished || !act || (!change && (!weak || used)) || unit.shared().areSerialised(body, act, proof.cause, change) || isGuarded(act, proof.cause, body, unit.types()))
    return;
  const std::string name = owner->getNameAsString(), changer = change ? unit.names().forPeople(change->body->function) : "";
  FindingBuilder finding = report(&body, act->getSourceRange(), used ? message::used(name, changer) : change ? message::act(name, changer) : message::weak(name));
  if (used) finding.precision(catalog::Precision::Low);
  finding.step(proof.cause->getBeginLoc(), used ? message::usedHere() : message::testedHere()).step(proof.since->getBeginLoc(), message::suspendedHere());
  if (change) finding.step(change->at->getBeginLoc(), message::emptiedHere(changer));
}

/// For `strict`: whether two coroutines are ever there at once cannot be seen.
void CheckThenActCheck::checkMarks(const Body &body, Unit &unit) {
  const FlowGraph *graph = unit.graphs().of(body);
  for (const LateMark &late : graph ? lateMarks(*graph, unit.ast()) : std::vector<LateMark>())
    if (!unit.shared().areSerialised(body, late.set, late.test) && !isGuarded(late.set, late.test, body, unit.types()))
      report(&body, late.set->getSourceRange(), message::late(late.mark->getNameAsString()))
          .precision(catalog::Precision::Medium).step(late.test->getBeginLoc(), message::testedHere()).step(late.suspension->getBeginLoc(), message::suspendedHere());
}

} // namespace coroguard::rules
