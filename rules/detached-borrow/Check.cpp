// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Says which locals end before the work that was started with them; worked out in flow/Borrow.
#include "rules/detached-borrow/Check.h"

#include "checker/flow/LooseHandlers.h"
#include "checker/flow/ReleasedWork.h"
#include "checker/framework/BorrowSteps.h"
#include "checker/semantics/Exemptions.h"
#include "checker/semantics/KeptObjects.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

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
    if (speakerOf(borrow) == BorrowSpeaker::DetachedBorrow && (strict() || !borrow.unproven) &&
        !(borrow.callee && isExempt(options_.allowedCallees, unit.names().of(borrow.callee))))
      reportBorrow(borrow, unit);
  for (const Body &body : unit.bodies()) {
    checkSelf(body, unit);
    checkHandlers(body, unit);
    for (const auto *call : body.all<CXXMemberCallExpr>())
      checkSpawned(body, call, unit);
    if (!strict())
      continue;
    checkChain(body, unit);
    checkPointers(body, unit);
    for (const auto *cast : body.all<ExplicitCastExpr>())
      if (cast->getCastKind() == CK_ToVoid)
        checkReleased(body, cast->getSubExpr(), unit);
  }
}

/// A continuation is no coroutine, and `with_gate` runs a lambda at once: what goes on is the task that it returns.
static std::string captureText(const DanglingBorrow &borrow, Unit &unit) {
  const auto *lambda = dyn_cast_or_null<LambdaExpr>(borrow.argument);
  const bool coroutine = lambda && isa_and_nonnull<CoroutineBodyStmt>(lambda->getCallOperator()->getBody());
  const std::optional<CallSite> taker = CallSite::of(borrow.call);
  if (!coroutine && taker && llvm::any_of(unit.callees().models(*taker), [](const auto *row) { return row->lendsCallable; }))
    return message::argument(borrow.name);
  return coroutine || !lambda ? message::capture(borrow.name) : message::later(borrow.name);
}

/// For `strict`: `(void)work().then([this] { … });`, `(void)this->work().handle_exception(…);` where nothing is seen to keep the object, or to wait.
void DetachedBorrowCheck::checkReleased(const Body &body, const Expr *released, Unit &unit) {
  const auto *call = dyn_cast_or_null<CallExpr>(peelMoves(released));
  const AsyncType *type = call ? unit.types().classify(call->getType()) : nullptr;
  if (!type || !type->isTask() || type->isLazy())
    return;
  const ReleasedWork work = releasedWork(call, body);
  if (!work.usesUnkept() || isa<CXXDestructorDecl>(body.function))
    return;
  FindingBuilder finding = report(&body, call->getSourceRange(),
                                  message::released(unit.callees().nameForPeople(work.user ? call : work.begins), work.user ? work.used : "this"));
  finding.precision(catalog::Precision::Low).severity(catalog::Severity::Warning);
  if (work.user)
    finding.step(work.user->getBeginLoc(), message::capturedHere(work.used));
}

/// For `strict`: a member of a reference-counted class returns a chain whose continuations use `this`, and nothing in it
/// keeps the object.
void DetachedBorrowCheck::checkChain(const Body &body, Unit &unit) {
  const auto *method = dyn_cast<CXXMethodDecl>(body.function);
  const AsyncType *type = method && !body.isCoroutine() && !body.lambda ? unit.types().classifyOwned(method->getReturnType()) : nullptr;
  if (!type || !type->isTask() || !type->isEager() || method->isStatic() || !isShared(method->getParent()) || holdsItself(body, /*sure=*/false))
    return;
  for (const ReturnStmt *result : body.all<ReturnStmt>()) {
    const Expr *value = peelMoves(result->getRetValue());
    if (const auto *wrapped = dyn_cast_or_null<CXXConstructExpr>(value); wrapped && wrapped->getNumArgs() == 1) // of an optional
      value = peelMoves(wrapped->getArg(0));
    const auto *call = dyn_cast_or_null<CallExpr>(value);
    const ReleasedWork work = call ? releasedWork(call, body) : ReleasedWork();
    if (work.used != "this" || !work.usesUnkept())
      continue;
    report(&body, work.user->getSourceRange(), message::chain(unit.names().forPeople(method)))
        .precision(catalog::Precision::Low)
        .severity(catalog::Severity::Warning);
    return;
  }
}

/// A handler that refers to a shared pointer of the function, which ends before it is called.
void DetachedBorrowCheck::checkPointers(const Body &body, Unit &unit) {
  for (const auto *lambda : body.all<LambdaExpr>()) {
    const std::optional<CallSite> site = receiverOf(lambda, body);
    const bool kept = site && givenToOwner(lambda, *site, body) && !unit.code().bodyOf(site->callee->getDefinition());
    if (const VarDecl *pointer = kept ? unkeptPointer(lambda) : nullptr)
      report(&body, lambda->getSourceRange(), message::pointer(pointer->getNameAsString()))
          .precision(catalog::Precision::Low)
          .severity(catalog::Severity::Warning)
          .step(site->expr->getBeginLoc(), message::givenHere());
  }
}

/// What runs later, uses `this` and does not keep its object. `strict` hears of all, the default profile of those beside one that does.
void DetachedBorrowCheck::checkHandlers(const Body &body, Unit &unit) {
  for (const LooseHandler &loose : looseHandlers(body, unit.callees())) {
    if (!loose.sibling && !strict())
      continue;
    FindingBuilder finding = report(&body, loose.callable->getSourceRange(), message::handler());
    finding.precision(loose.sibling ? catalog::Precision::Medium : catalog::Precision::Low).severity(catalog::Severity::Warning);
    finding.step(loose.given->getBeginLoc(), message::givenHere());
    if (loose.sibling)
      finding.step(loose.sibling->getBeginLoc(), message::keptHere());
  }
}

/// The await that takes the coroutine to another thread, or null.
static const CoawaitExpr *hopIn(const Body &body, Unit &unit) {
  for (const CoawaitExpr *await : body.all<CoawaitExpr>()) {
    const std::optional<CallSite> site = CallSite::of(peelMoves(await->getOperand()));
    if (site && (unit.callees().model(*site, catalog::FunctionRole::ResumeOn) || unit.callees().model(*site, catalog::FunctionRole::Offload)))
      return await;
  }
  return nullptr;
}

/// A member coroutine that runs on by itself and holds no reference to its object. Sure of fire-and-forget ones of
/// reference-counted classes; `strict` hears of others whose object nobody is seen to keep.
void DetachedBorrowCheck::checkSelf(const Body &body, Unit &unit) {
  const auto *method = dyn_cast<CXXMethodDecl>(body.function);
  const AsyncType *type = body.isCoroutine() && method && !body.lambda ? unit.types().classify(method->getReturnType()) : nullptr;
  if (!type || method->isStatic())
    return;
  const llvm::StringRef strong = strongCall(method->getParent());
  const bool detached = type->kind == AsyncType::Kind::Detached;
  const bool sure = detached && !strong.empty();
  if (holdsItself(body, sure) || (!sure && !strict()))
    return;
  const CoawaitExpr *hop = nullptr;
  if (!detached) {
    if (!type->isTask() || !type->isEager())
      return;
    hop = hopIn(body, unit);
    if (!hop && !isShared(method->getParent()))
      return;
  }
  bool after = !hop;
  const std::optional<LateUse> late = unit.borrows().lateUse(body, [&](const Stmt *node) {
    after |= node == hop;
    return after && isa<CXXThisExpr>(node);
  });
  if (!late)
    return;
  const Stmt *use = late->use;
  for (const Stmt *parent = body.parentOf(use); isa_and_nonnull<MemberExpr, ImplicitCastExpr>(parent); parent = body.parentOf(parent))
    use = parent;
  const std::string name = unit.names().forPeople(method);
  FindingBuilder finding = report(&body, use->getSourceRange(), sure ? message::self(name) : message::unheld(name));
  if (sure)
    finding.cure(message::strongCure(strong));
  else
    finding.precision(catalog::Precision::Low).severity(catalog::Severity::Warning);
  finding.step(late->suspension ? late->suspension->getBeginLoc() : SourceLocation(), message::suspendedHere());
}

/// A destructor that stops or waits for something.
static bool endsItsWork(const CXXRecordDecl *record) {
  const CXXDestructorDecl *destructor = record->getDestructor();
  const FunctionDecl *definition = nullptr;
  if (!destructor || destructor->isImplicit() || destructor->isDefaulted()) return false;
  return !destructor->hasBody(definition) || anyDescendant(definition->getBody(), [](const Stmt *node) {
    const std::optional<CallSite> call = CallSite::of(node);
    return call && (says::mayWait(nameOf(call->callee)) || says::cleansUp(nameOf(call->callee)));
  });
}

/// `co_spawn(executor, run(), detached)` in a reference-counted class of which `run` holds no reference, or in another that does not
/// see to the end of its work. `strict` hears of all, the default profile of reference-counted ones beside a handler that does.
void DetachedBorrowCheck::checkSpawned(const Body &body, const CXXMemberCallExpr *call, Unit &unit) {
  const CXXMethodDecl *method = isa<CXXThisExpr>(call->getImplicitObjectArgument()->IgnoreParenImpCasts()) ? call->getMethodDecl() : nullptr;
  const AsyncType *type = method ? unit.types().classify(call->getType()) : nullptr;
  const Body *run = type && type->isTask() ? unit.code().bodyOf(method->getDefinition()) : nullptr;
  if (!run || !run->isCoroutine() || holdsItself(*run, /*sure=*/false) || (body.isCoroutine() && holdsItself(body, /*sure=*/false)) ||
      !unit.borrows().lateUse(*run, [](const Stmt *node) { return isa<CXXThisExpr>(node); }))
    return;
  const llvm::StringRef strong = strongCall(method->getParent());
  if (strong.empty() && (!strict() || endsItsWork(method->getParent()))) return;
  for (const Destination &each : unit.borrows().journeys().of(call, body)) {
    const std::optional<CallSite> spawn = each.kind == Destination::Kind::Detached ? CallSite::of(each.at) : std::nullopt;
    const Expr *sibling = spawn && spawn->callee ? handlerThatKeeps(body, method->getParent(), spawn->callee) : nullptr;
    if (sibling && body.contains(each.at, sibling)) // `run().start([self](…) {…})`
      return;
    if (each.kind != Destination::Kind::Detached || (!sibling && !strict()))
      continue;
    const bool ownScope = strong.empty() && spawn && isOfOwnMember(*spawn);
    const bool letGo = type->isLazy() || (spawn && isOneOf(nameOf(spawn->callee), {"detach", "release"})); // others: checkReleased()
    if (ownScope || !letGo) continue;
    FindingBuilder finding = report(&body, call->getSourceRange(), message::self(unit.names().forPeople(method)));
    finding.precision(strong.empty() ? catalog::Precision::Low : catalog::Precision::Medium).severity(catalog::Severity::Warning);
    if (!strong.empty()) finding.cure(message::strongCure(strong));
    if (sibling)
      finding.step(sibling->getBeginLoc(), message::keptHere());
    return;
  }
}

void DetachedBorrowCheck::reportBorrow(const DanglingBorrow &borrow, Unit &unit) {
  std::string text = borrow.what == DanglingBorrow::What::Argument  ? message::argument(borrow.name)
                     : borrow.what == DanglingBorrow::What::Capture ? captureText(borrow, unit)
                                                                    : message::closure(borrow.name);
  const bool named = isa_and_nonnull<LambdaExpr>(borrow.argument) && !borrow.body->contains(borrow.call, borrow.argument);
  FindingBuilder finding = report(borrow.body, placeOf(borrow), std::move(text));
  if (borrow.unproven)
    finding.precision(catalog::Precision::Medium);
  finding.step(borrow.storage.variable->getLocation(), message::declaredHere(borrow.storage.variable->getNameAsString()));
  if (named)
    finding.step(borrow.call->getBeginLoc(), message::givenHere());
  if (borrow.destination.at != borrow.call)
    finding.step(borrow.destination.at->getBeginLoc(), message::detachedHere());
}

} // namespace coroguard::rules
