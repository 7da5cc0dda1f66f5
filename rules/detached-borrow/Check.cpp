// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says which locals end before the work that was started with them; worked out in flow/Borrow.
#include "rules/detached-borrow/Check.h"

#include "checker/framework/BorrowSteps.h"
#include "checker/semantics/Exemptions.h"

using namespace clang;

namespace coroguard::rules {

namespace message = detached_borrow::message;

DetachedBorrowCheck::DetachedBorrowCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, detached_borrow::info()), options_(detached_borrow::Options::read(Options)) {}

void DetachedBorrowCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void DetachedBorrowCheck::checkUnit(Unit &unit) {
  for (const DanglingBorrow &borrow : unit.borrows().dangling())
    if (speakerOf(borrow) == BorrowSpeaker::DetachedBorrow && !(borrow.callee && isExempt(options_.allowedCallees, unit.names().of(borrow.callee))))
      reportBorrow(borrow);
  for (const Body &body : unit.bodies())
    checkSelf(body, unit);
}

namespace {

/// How an object of a reference-counted class gets hold of itself; empty for other classes.
llvm::StringRef strongCall(const CXXRecordDecl *record) {
  for (llvm::StringRef name : {"shared_from_this", "get_strong"})
    if (!methodsNamed(record, name).empty())
      return name;
  return "";
}

} // namespace

/// A continuation is no coroutine.
static std::string captureText(const DanglingBorrow &borrow) {
  const auto *lambda = dyn_cast_or_null<LambdaExpr>(borrow.argument);
  const bool coroutine = lambda && isa_and_nonnull<CoroutineBodyStmt>(lambda->getCallOperator()->getBody());
  return coroutine || !lambda ? message::capture(borrow.name) : message::later(borrow.name);
}

/// A fire-and-forget member coroutine of a reference-counted class that holds no reference to its object.
void DetachedBorrowCheck::checkSelf(const Body &body, Unit &unit) {
  const auto *method = dyn_cast<CXXMethodDecl>(body.function);
  const AsyncType *type = body.isCoroutine() && method && !body.lambda ? unit.types().classify(method->getReturnType()) : nullptr;
  if (!type || type->kind != AsyncType::Kind::Detached || method->isStatic())
    return;
  const llvm::StringRef strong = strongCall(method->getParent());
  const bool held = llvm::any_of(body.nodes, [&](const Stmt *node) {
    const auto *call = dyn_cast<CallExpr>(node);
    const FunctionDecl *callee = call ? call->getDirectCallee() : nullptr;
    return callee && callee->getIdentifier() &&
           (callee->getName().contains("from_this") || callee->getName() == "get_strong" || callee->getName() == "get_weak");
  });
  if (strong.empty() || held)
    return;
  const std::optional<LateUse> late = unit.borrows().lateUse(body, [](const Stmt *node) { return isa<CXXThisExpr>(node); });
  if (!late)
    return;
  const Stmt *use = late->use;
  for (const Stmt *parent = body.parentOf(use); isa_and_nonnull<MemberExpr, ImplicitCastExpr>(parent); parent = body.parentOf(parent))
    use = parent;
  report(&body, use->getSourceRange(), message::self(unit.names().forPeople(method)))
      .cure(message::strongCure(strong))
      .step(late->suspension ? late->suspension->getBeginLoc() : SourceLocation(), message::suspendedHere());
}

void DetachedBorrowCheck::reportBorrow(const DanglingBorrow &borrow) {
  std::string text = borrow.what == DanglingBorrow::What::Argument  ? message::argument(borrow.name)
                     : borrow.what == DanglingBorrow::What::Capture ? captureText(borrow)
                                                                    : message::closure(borrow.name);
  SourceRange range = borrow.call->getSourceRange();
  const auto *call = dyn_cast<CallExpr>(borrow.call);
  if (const auto *member = dyn_cast_or_null<MemberExpr>(call ? call->getCallee()->IgnoreParens() : nullptr);
      member && borrow.what == DanglingBorrow::What::Capture)
    range.setBegin(member->getMemberLoc()); // the link of the chain, not where it begins
  FindingBuilder finding = report(borrow.body, range, std::move(text));
  finding.step(borrow.storage.variable->getLocation(), message::declaredHere(borrow.storage.variable->getNameAsString()));
  if (borrow.destination.at != borrow.call)
    finding.step(borrow.destination.at->getBeginLoc(), message::detachedHere());
}

} // namespace coroguard::rules
