// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reports what flow/Derivations finds stale.
#include "rules/stale-reference/Check.h"

#include "checker/flow/LockTypes.h"
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

void StaleReferenceCheck::checkUnit(Unit &unit) {
  Derivations derivations(unit.ast(), unit.graphs(), unit.shared());
  for (const Body &body : unit.bodies()) {
    llvm::SmallPtrSet<const ValueDecl *, 4> said; // the loop's finding is its variable's, too
    for (const Derivation &derivation : derivations.in(body)) {
      if (!derivation.isStale() || isAllowed(derivation.owner, unit) || said.contains(derivation.variable))
        continue;
      const bool unlikely = derivation.unseen || derivation.asked || derivation.givenUp || (derivation.change && isAtBeginOrEnd(*derivation.change));
      // Under a blocking lock nobody else gets at it; async-lock-across-suspend says what is wrong with that.
      if ((unlikely && !strict()) || isGuarded(derivation.use, derivation.suspension, body, unit.types()))
        continue;
      if (derivation.loop)
        said.insert(derivation.loop->getLoopVariable());
      reportStale(body, derivation, unit);
    }
    checkAwaitedInPlace(body, unit);
    checkResults(body, unit);
  }
}

namespace {

/// Does the awaiter of `await` refer to the object that is awaited, rather than hold what it needs of it?
bool refersToOperand(const CoawaitExpr *await) {
  const CXXRecordDecl *operand = classOf(await->getOperand()->getType());
  const CXXRecordDecl *awaiter = classOf(await->getCommonExpr()->getType());
  if (!operand || !awaiter || !awaiter->hasDefinition() || awaiter->getCanonicalDecl() == operand->getCanonicalDecl())
    return false;
  return llvm::any_of(awaiter->fields(), [&](const FieldDecl *field) {
    const QualType type = field->getType();
    const CXXRecordDecl *to = type->isReferenceType() || type->isPointerType() ? classOf(type->getPointeeType()) : nullptr;
    return to && to->getCanonicalDecl() == operand->getCanonicalDecl();
  });
}

} // namespace

/// `co_await member_;` while others assign `member_`: the awaiter then looks at another task than it has waited for.
void StaleReferenceCheck::checkAwaitedInPlace(const Body &body, Unit &unit) {
  for (const CoawaitExpr *await : body.all<CoawaitExpr>()) {
    const Expr *operand = await->getOperand()->IgnoreParenImpCasts();
    const ValueDecl *slot = operand->isLValue() ? sharedNamedBy(operand) : nullptr;
    const AsyncType *type = slot ? unit.types().classify(slot->getType()) : nullptr;
    if (!type || !refersToOperand(await) || isAllowed(slot, unit))
      continue;
    // A function that waits for what an earlier call has left there runs more than once.
    const auto assigns = [&](const Stmt *node) {
      const auto *expr = dyn_cast<Expr>(node);
      const ValueDecl *owner = nullptr;
      return expr && changeBy(expr, owner) && owner && owner->getCanonicalDecl() == slot->getCanonicalDecl();
    };
    const auto first = llvm::find_if(body.nodes, assigns);
    const bool again = llvm::any_of(llvm::make_range(body.nodes.begin(), first), [&](const Stmt *node) {
      const auto *earlier = dyn_cast<CoawaitExpr>(node);
      return earlier && sharedNamedBy(earlier->getOperand()) == slot;
    });
    const Change *change = unit.shared().replaces(slot, body, again);
    if (!change)
      continue;
    const std::string name = slot->getNameAsString(), changer = unit.names().forPeople(change->body->function);
    FindingBuilder finding = report(&body, await->getSourceRange(), message::awaited(name, changer));
    finding.step(change->at->getBeginLoc(), message::changedHere(changer, name));
    if (!type->singleShot)
      finding.cure(message::copyCure(name));
  }
}

namespace {

/// The task whose own result `await` refers to: a temporary, and the value is in it. Null for others: results by value, and
/// tasks that lead to what is not theirs.
const Expr *temporaryWithResult(const CoawaitExpr *await) {
  const Expr *task = await->isGLValue() ? peel(await->getOperand()) : nullptr;
  const auto *record = task && task->isPRValue() ? dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(task->getType())) : nullptr;
  if (!record || record->getTemplateArgs().size() == 0 || record->getTemplateArgs()[0].getKind() != TemplateArgument::Type)
    return nullptr;
  const QualType value = record->getTemplateArgs()[0].getAsType();
  const bool own = !value->isReferenceType() && record->getASTContext().hasSameUnqualifiedType(value, await->getType());
  return own ? task : nullptr;
}

/// The await that `const auto &rows = co_await …` is made of; null for a value that the reference keeps alive.
const CoawaitExpr *awaitIn(const Expr *init) {
  if (const auto *full = dyn_cast_or_null<ExprWithCleanups>(init))
    init = full->getSubExpr();
  return dyn_cast_or_null<CoawaitExpr>(init ? init->IgnoreParenImpCasts() : nullptr);
}

} // namespace

/// `const auto &rows = co_await query();` of a task that hands out a reference to the result it holds.
void StaleReferenceCheck::checkResults(const Body &body, Unit &unit) {
  const auto dies = [&](const CoawaitExpr *await) {
    const Expr *task = await ? temporaryWithResult(await) : nullptr;
    const AsyncType *type = task ? unit.types().classify(task->getType()) : nullptr;
    return type && type->isTask() && (type->singleShot || strict()); // of a copy, somebody else may keep the result
  };
  const auto tell = [&](const CoawaitExpr *await, llvm::function_ref<std::string(const std::string &)> text) {
    const Expr *task = temporaryWithResult(await);
    FindingBuilder finding = report(&body, await->getSourceRange(), text(unit.callees().nameForPeople(task)));
    if (!unit.types().classify(task->getType())->singleShot)
      finding.precision(catalog::Precision::Medium);
    finding.cure(message::keepCure());
    return finding;
  };
  for (const CXXForRangeStmt *loop : body.all<CXXForRangeStmt>()) {
    const CoawaitExpr *await = awaitIn(loop->getRangeInit());
    if (!unit.ast().getLangOpts().CPlusPlus23 && dies(await)) // since then the range's temporaries last as long as the loop
      tell(await, [](const std::string &callee) { return message::loopResult(callee); });
  }
  for (const DeclStmt *declaration : body.all<DeclStmt>()) {
    const auto *variable = declaration->isSingleDecl() ? dyn_cast<VarDecl>(declaration->getSingleDecl()) : nullptr;
    const CoawaitExpr *await = variable && variable->getType()->isReferenceType() && !variable->isImplicit() ? awaitIn(variable->getInit()) : nullptr;
    const auto *parts = dyn_cast_or_null<DecompositionDecl>(variable);
    const ValueDecl *named = parts && !parts->bindings().empty() ? static_cast<const ValueDecl *>(parts->bindings().front()) : variable;
    const auto uses = await ? body.references(named) : llvm::ArrayRef<const DeclRefExpr *>();
    if (uses.empty() || !dies(await))
      continue;
    tell(await, [&](const std::string &callee) { return message::result(named->getNameAsString(), callee); })
        .step(uses.front()->getLocation(), message::usedHere());
  }
}

bool StaleReferenceCheck::isAllowed(const ValueDecl *owner, Unit &unit) const {
  const CXXRecordDecl *record = classOf(owner->getType());
  return record && isExempt(options_.allowedTypes, unit.names().of(record));
}

void StaleReferenceCheck::reportStale(const Body &body, const Derivation &derivation, Unit &unit) {
  const std::string from = derivation.owner->getNameAsString();
  if (derivation.unseen) {
    report(&body, derivation.loop->getForLoc(), message::unseen(from))
        .precision(catalog::Precision::Medium)
        .step(derivation.suspension->getBeginLoc(), message::suspendedHere());
    return;
  }
  if (derivation.asked) {
    report(&body, derivation.use->getSourceRange(), message::asked(derivation.named->getNameAsString(), from))
        .precision(catalog::Precision::Low)
        .step(derivation.variable->getLocation(), message::derivedHere(derivation.named->getNameAsString()))
        .step(derivation.suspension->getBeginLoc(), message::suspendedHere());
    return;
  }
  const Change &change = *derivation.change;
  const std::string changer = unit.names().forPeople(change.body->function);
  if (derivation.loop) {
    report(&body, derivation.loop->getForLoc(), message::loop(from, changer))
        .step(derivation.suspension->getBeginLoc(), message::suspendedHere())
        .step(change.at->getBeginLoc(), message::changedHere(changer, from));
    return;
  }
  const std::string name = derivation.named->getNameAsString();
  report(&body, derivation.use->getSourceRange(), message::used(name, from, changer))
      .step(derivation.variable->getLocation(), message::derivedHere(name))
      .step(derivation.suspension->getBeginLoc(), message::suspendedHere())
      .step(change.at->getBeginLoc(), message::changedHere(changer, from));
}

} // namespace coroguard::rules
