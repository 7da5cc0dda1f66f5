// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says where an async sequence is treated as a synchronous one.
#include "rules/sync-iteration/Check.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/ValueUse.h"

using namespace clang;

namespace coroguard::rules {

namespace message = sync_iteration::message;

SyncIterationCheck::SyncIterationCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, sync_iteration::info()), options_(sync_iteration::Options::read(Options)) {}

void SyncIterationCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

bool SyncIterationCheck::isAllowed(const AsyncType &type, Unit &unit) const {
  return isExempt(options_.allowedTypes, unit.names().of(type.record));
}

void SyncIterationCheck::checkUnit(Unit &unit) {
  for (const DroppedTask &task : unit.dropped())
    if (task.speaker == DroppedTask::Speaker::SyncIteration)
      reportStep(task, unit);
  for (const Body &body : unit.bodies())
    for (const Stmt *node : body.nodes) {
      if (const auto *loop = dyn_cast<CXXForRangeStmt>(node))
        checkRangeFor(body, loop, unit);
      if (const auto *call = dyn_cast<CallExpr>(node)) {
        checkCondition(body, call, unit);
        if (unit.contexts().runsOnLoop(body))
          checkAdaptor(body, *CallSite::of(call), unit);
      }
    }
}

void SyncIterationCheck::checkRangeFor(const Body &body, const CXXForRangeStmt *loop, Unit &unit) {
  const Expr *advance = loop->getInc();
  const Expr *range = loop->getRangeInit();
  if (!advance || !range || !loop->getBeginStmt())
    return;
  const bool awaitableStep = unit.types().mustConsume(advance->getType()) || unit.types().isAwaitable(advance->getType());
  const auto *begin = dyn_cast_or_null<VarDecl>(loop->getBeginStmt()->getSingleDecl());
  const bool awaitableBegin = begin && unit.types().mustConsume(begin->getType());
  if (!awaitableStep && !awaitableBegin)
    return; // a synchronous protocol of its own
  const AsyncType *sequence = unit.types().classify(range->getType());
  if (sequence && isAllowed(*sequence, unit))
    return;
  report(&body, range->getSourceRange(), message::rangeFor(sourceText(range, unit.ast())))
      .cure(unit.cures().text("iterate", sequence ? sequence->library : unit.cures().libraryOf(body)))
      .step(loop->getColonLoc(), message::advances());
}

void SyncIterationCheck::checkCondition(const Body &body, const CallExpr *call, Unit &unit) {
  if (!call->isPRValue() || !unit.callees().isSequenceStep(call) || !valueUseOf(call, body, unit.types()))
    return;
  std::vector<FixItHint> fix;
  if (canAwaitHere(body, call, unit.types()))
    fix.push_back(FixItHint::CreateInsertion(call->getBeginLoc(), "co_await "));
  report(&body, call->getSourceRange(), message::asCondition(sourceText(call, unit.ast())))
      .cure(unit.cures().text("iterate", unit.cures().libraryOf(body)))
      .fix(catalog::FixKind::Safe, "await the step", std::move(fix));
}

void SyncIterationCheck::checkAdaptor(const Body &body, const CallSite &call, Unit &unit) {
  if (!call.callee || unit.callees().isSequenceStep(call.expr))
    return;
  const catalog::FunctionModel *row = unit.callees().model(call, catalog::FunctionRole::Iterate);
  if (row ? !row->blocks : !unit.callees().drainsSequence(call))
    return;
  const AsyncType *sequence = nullptr;
  for (const Expr *argument : call.arguments)
    if (const AsyncType *type = unit.types().classify(argument->getType());
        type && type->kind == AsyncType::Kind::Sequence)
      sequence = type;
  if (!sequence || isAllowed(*sequence, unit))
    return;
  report(&body, call.expr->getSourceRange(),
         message::adaptor(unit.names().forPeople(call.callee), unit.names().forPeople(body.function)))
      .cure(unit.cures().text("iterate", sequence->library));
}

void SyncIterationCheck::reportStep(const DroppedTask &task, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(task.creation);
  if (call && call->object)
    if (const AsyncType *sequence = unit.types().classify(call->object->getType()); sequence && isAllowed(*sequence, unit))
      return;
  const std::string step = sourceText(task.creation, unit.ast());
  std::vector<FixItHint> fix;
  if (task.how == DroppedTask::How::Discarded && canAwaitHere(*task.body, task.creation, unit.types()))
    fix.push_back(FixItHint::CreateInsertion(task.creation->getBeginLoc(), "co_await "));
  report(task.body, task.creation->getSourceRange(),
         task.variable ? message::heldStep(task.holder->getNameAsString(), step) : message::step(step))
      .cure(unit.cures().text("iterate", unit.cures().libraryOf(*task.body)))
      .fix(catalog::FixKind::Safe, "await the step", std::move(fix));
}

} // namespace coroguard::rules
