// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says where a task stands in for its result.
#include "rules/task-as-value/Check.h"

#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"

using namespace clang;

namespace coroguard::rules {

namespace message = task_as_value::message;

TaskAsValueCheck::TaskAsValueCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, task_as_value::info()), options_(task_as_value::Options::read(Options)) {}

void TaskAsValueCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void TaskAsValueCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    for (const Stmt *node : body.nodes)
      if (const auto *call = dyn_cast<CallExpr>(node); call && call->isPRValue())
        checkCall(body, call, unit);
  for (const DroppedTask &task : unit.dropped())
    if (task.speaker == DroppedTask::Speaker::TaskAsValue)
      reportHeld(task, unit);
}

namespace {

std::string convertedTo(const ValueUse &use) {
  const auto *member = dyn_cast<MemberExpr>(use.expr);
  const auto *conversion = member ? dyn_cast<CXXConversionDecl>(member->getMemberDecl()) : nullptr;
  return conversion ? conversion->getConversionType().getAsString(PrintingPolicy(LangOptions())) : "bool";
}

std::string typeText(const ValueUse &use) {
  const std::string text = convertedTo(use);
  return text == "_Bool" ? "bool" : text;
}

std::string textOf(const ValueUse &use, const std::string &callee) {
  switch (use.how) {
  case ValueUse::How::Converted: return message::converted(callee, typeText(use));
  case ValueUse::How::Compared: return message::compared(callee);
  case ValueUse::How::Dereferenced: return message::dereferenced(callee);
  case ValueUse::How::Printed: return message::printed(callee);
  }
  return {};
}

std::string heldTextOf(const ValueUse &use, const std::string &variable) {
  switch (use.how) {
  case ValueUse::How::Converted: return message::heldConverted(variable, typeText(use));
  case ValueUse::How::Compared: return message::heldCompared(variable);
  case ValueUse::How::Dereferenced: return message::heldDereferenced(variable);
  case ValueUse::How::Printed: return message::heldPrinted(variable);
  }
  return {};
}

/// `(co_await f())`, or without parentheses where a prefix operator or an argument follows the same grouping.
std::vector<FixItHint> awaitFix(const Body &body, const CallExpr *call, Unit &unit) {
  const QualType result = awaitResult(call->getType());
  if (result.isNull() || result->isVoidType() || !canAwaitHere(body, call, unit.types()))
    return {};
  const SourceManager &sources = unit.ast().getSourceManager();
  const Expr *expr = call; // CallExpr's own locations are those of the callee of an operator
  const SourceLocation end = Lexer::getLocForEndOfToken(expr->getEndLoc(), 0, sources, unit.ast().getLangOpts());
  return {FixItHint::CreateInsertion(expr->getBeginLoc(), "(co_await "), FixItHint::CreateInsertion(end, ")")};
}

} // namespace

void TaskAsValueCheck::checkCall(const Body &body, const CallExpr *call, Unit &unit) {
  const std::optional<ValueUse> use = valueUseOf(call, body, unit.types());
  if (!use || unit.callees().isSequenceStep(call))
    return;
  const AsyncType *type = unit.types().classify(call->getType());
  if (isExempt(options_.allowedTypes, unit.names().of(type->record)))
    return;
  const std::string callee = unit.callees().nameForPeople(call);
  // Behind `->` the awaited object is no pointer any more: that edit is the reader's.
  const bool fixable = use->how != ValueUse::How::Dereferenced;
  report(&body, call->getSourceRange(), textOf(*use, callee))
      .cure(unit.cures().text(body.isCoroutine() ? "await" : "run", type->library, sourceText(call, unit.ast())))
      .fix(catalog::FixKind::Safe, "await it", fixable ? awaitFix(body, call, unit) : std::vector<FixItHint>());
}

void TaskAsValueCheck::reportHeld(const DroppedTask &task, Unit &unit) {
  const std::optional<ValueUse> use = valueUseOf(task.mistaken, *task.body, unit.types());
  if (!use || isExempt(options_.allowedTypes, unit.names().of(task.type->record)))
    return;
  const std::string callee = unit.callees().nameForPeople(task.creation);
  const std::string variable = task.holder->getNameAsString();
  report(task.body, task.mistaken->getSourceRange(), heldTextOf(*use, variable))
      .cure(unit.cures().text(task.body->isCoroutine() ? "await" : "run", task.type->library, variable))
      .step(task.creation->getBeginLoc(), message::createdHere(callee));
}

} // namespace coroguard::rules
