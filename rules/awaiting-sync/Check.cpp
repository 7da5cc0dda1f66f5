// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Finds what looks asynchronous and is not.
#include "rules/awaiting-sync/Check.h"

#include "checker/program/OwnWaits.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/Suspension.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = awaiting_sync::message;

AwaitingSyncCheck::AwaitingSyncCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, awaiting_sync::info()), options_(awaiting_sync::Options::read(Options)) {}

void AwaitingSyncCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void AwaitingSyncCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (body.isCoroutine()) checkAwaits(body, unit);
  checkBodies(unit);
}

namespace {

/// Instantiated code may suspend with other arguments.
bool isGeneric(const Body &body) {
  for (const Body *each = &body; each; each = each->parent)
    if (each->isInstantiation()) return true;
  return false;
}

/// The awaiter a value is awaited through, if it is its own or its member operator gives it.
const CXXRecordDecl *awaiterOf(const CXXRecordDecl *record) {
  if (isAwaiter(record)) return record;
  const CXXMethodDecl *operation = memberCoAwait(record);
  const CXXRecordDecl *awaiter = operation ? recordOrPattern(resultTypeOf(operation)) : nullptr;
  return awaiter && isAwaiter(awaiter) ? awaiter : nullptr;
}

/// Awaiting it does nothing but go on.
bool doesNothing(const CXXRecordDecl *awaiter) {
  const Methods resumes = methodsNamed(awaiter, "await_resume");
  const FunctionDecl *definition = nullptr;
  if (resumes.size() != 1 || !resumes.front()->getReturnType()->isVoidType() || !resumes.front()->hasBody(definition))
    return false;
  const auto *code = dyn_cast_or_null<CompoundStmt>(definition->getBody());
  return code && code->body_empty();
}

/// `co_await Ready{value}`: gives back what it was made of.
bool givesBack(const CoawaitExpr *await, const CXXRecordDecl *awaiter) {
  const Expr *operand = peelMoves(await->getOperand());
  const Methods resumes = methodsNamed(awaiter, "await_resume");
  const FunctionDecl *definition = nullptr;
  if (!isa<CXXTemporaryObjectExpr, InitListExpr, CXXFunctionalCastExpr>(operand) || operand->getType()->getAsCXXRecordDecl() != awaiter ||
      resumes.size() != 1 || !resumes.front()->hasBody(definition))
    return false;
  const auto *code = dyn_cast_or_null<CompoundStmt>(definition->getBody());
  const auto *result = code && code->size() == 1 ? dyn_cast<ReturnStmt>(code->body_front()) : nullptr;
  const Expr *value = result && result->getRetValue() ? peelMoves(result->getRetValue()) : nullptr;
  const auto *field = dyn_cast_or_null<MemberExpr>(value);
  return field && isa<FieldDecl>(field->getMemberDecl()) && isa<CXXThisExpr>(field->getBase()->IgnoreParenImpCasts()) &&
         !field->getMemberDecl()->getType()->isReferenceType() && !field->getMemberDecl()->getType()->isPointerType();
}

/// The await is there for the compiler, which elides the frames of what the call is given.
bool isForElision(const CoawaitExpr *await, const CXXRecordDecl *operand) {
  const auto *call = dyn_cast_or_null<CallExpr>(peelMoves(await->getOperand()));
  const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
  return operand->hasAttr<CoroAwaitElidableAttr>() ||
         (callee && llvm::any_of(callee->parameters(), [](const ParmVarDecl *parameter) {
            return parameter->hasAttr<CoroAwaitElidableArgumentAttr>();
          }));
}

/// `{ co_await std::suspend_never{}; throw …; }`: nothing else makes the function a coroutine, and it parts nothing.
bool makesTheCoroutine(const CoawaitExpr *await, const Body &body) {
  const auto written = [](const auto *each) { return !each->isImplicit(); };
  const auto *code = dyn_cast<CompoundStmt>(body.code);
  const bool atTheEdge = code && body.meaningfulParentOf(await) == code && (body.contains(code->body_front(), await) || body.contains(code->body_back(), await));
  return atTheEdge && llvm::count_if(body.all<CoawaitExpr>(), written) == 1 &&
         body.all<CoyieldExpr>().empty() && llvm::none_of(body.all<CoreturnStmt>(), written);
}

} // namespace

void AwaitingSyncCheck::checkAwaits(const Body &body, Unit &unit) {
  if (isGeneric(body)) return;
  for (const CoawaitExpr *await : body.all<CoawaitExpr>()) {
    const CXXRecordDecl *operand = await->isImplicit() ? nullptr : classOf(await->getOperand()->getType());
    const CXXRecordDecl *awaiter = operand ? awaiterOf(operand) : nullptr;
    if (!awaiter || unit.types().awaiterSuspends(awaiter) != Suspends::Never ||
        suspendsAt(await, unit.types()) != Suspends::Never || !(doesNothing(awaiter) || givesBack(await, awaiter)) ||
        isExempt(options_.allowedTypes, unit.names().of(operand)) || isForElision(await, operand) || makesTheCoroutine(await, body))
      continue;
    FindingBuilder finding =
        report(&body, await->getSourceRange(), message::ready(sourceText(await->getOperand(), unit.ast())));
    finding.cure(message::pause(unit.cures().text("yield", body)));
    for (const CXXMethodDecl *ready : methodsNamed(awaiter, "await_ready"))
      finding.step(ready->getLocation(), message::readyHere());
  }
}

/// A coroutine by its own choice, without any await that may suspend.
bool AwaitingSyncCheck::wrapsOnly(const Body &body, Unit &unit) const {
  const auto *method = dyn_cast<CXXMethodDecl>(body.function);
  if (!body.isCoroutine() || isGeneric(body) || (method && method->isVirtual()) ||
      suspensionIn(body.code, body, unit.types()) || isExempt(options_.allowedCallees, unit.names().of(body.function)))
    return false;
  const AsyncType *type = unit.types().classify(body.function->getReturnType());
  if (!type || !type->isTask()) return false;
  if (!body.lambda || !body.parent) return true;
  // A lambda that is given away has to be what its taker wants.
  const Stmt *user = body.parent->meaningfulParentOf(body.lambda);
  return user && isa<DeclStmt>(user);
}

void AwaitingSyncCheck::checkBodies(Unit &unit) {
  if (llvm::none_of(unit.bodies(), [&](const Body &body) { return wrapsOnly(body, unit); })) return;
  const auto weigh = [&](const BlockingCall &call, const Invocation &, const Body &) -> unsigned {
    const catalog::CategoryInfo *category = unit.models().category(call.category);
    const bool serious =
        !category || (category->profile == catalog::Profile::Default && category->severity != catalog::Severity::Note);
    return !call.isWait() && call.certain == Truth::Yes && serious;
  };
  const BlockingPaths paths(unit.code(), unit.contexts(), unit.calls(), unit.blocking(), weigh,
                            [](const Invocation &, const Body &) { return false; });
  forEachLoopCall(unit, [&](const LoopCall &call) {
    if (call.context.kind != ContextKind::Coroutine || call.body != call.where || !wrapsOnly(*call.body, unit)) return;
    const BlockingCall *direct = unit.blocking().of(*call.invocation, *call.body);
    const bool blocks = direct && weigh(*direct, *call.invocation, *call.body);
    const Body *first = blocks ? nullptr : wayFrom(*call.invocation, paths, unit.contexts());
    if (!blocks && (!first || isLoopsOwnWait(paths.chain(*first).back(), call))) return;
    const FunctionDecl *function = call.body->function;
    const SourceRange range =
        call.body->lambda ? call.body->lambda->getIntroducerRange() : function->getNameInfo().getSourceRange();
    report(call.body, range,
           message::wraps(unit.names().forPeople(function), unit.names().forPeople(call.invocation->site.callee)))
        .cure(unit.cures().text("offload", *call.body))
        .step(call.invocation->range.getBegin(), message::blocksHere());
  });
}

} // namespace coroguard::rules
