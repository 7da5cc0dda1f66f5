// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Callables that are given to a function, and what that does with them: continuations, functions of libraries, helpers
// of the unit that hand them on.
#include "checker/flow/Borrow.h"

#include "checker/flow/Closures.h"
#include "checker/semantics/LocalValues.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

using catalog::FunctionRole;
using What = DanglingBorrow::What;

namespace {

/// A closure as an argument. `pointed`: in a wrapper that only points to it, as `coroutine::lambda([this] {…})`.
struct GivenClosure {
  const LambdaExpr *lambda = nullptr;
  bool pointed = false;
};

bool pointsTo(const CXXRecordDecl *wrapper, const CXXRecordDecl *closure) {
  return wrapper && wrapper->hasDefinition() && llvm::any_of(wrapper->fields(), [&](const FieldDecl *field) {
           const QualType type = field->getType();
           return (type->isPointerType() || type->isReferenceType()) && classOf(type->getPointeeType()) == closure;
         });
}

GivenClosure givenClosure(const Expr *argument) {
  const Expr *value = peelMoves(argument);
  if (const auto *lambda = dyn_cast_or_null<LambdaExpr>(value))
    return {lambda};
  const auto *wrapper = dyn_cast_or_null<CXXConstructExpr>(value);
  const auto *lambda = wrapper && wrapper->getNumArgs() == 1 ? dyn_cast_or_null<LambdaExpr>(peelMoves(wrapper->getArg(0))) : nullptr;
  return lambda && pointsTo(classOf(wrapper->getType()), lambda->getLambdaClass()) ? GivenClosure{lambda, true} : GivenClosure{};
}

/// The closure of a coroutine, which uses its capture `use`, ends while `call` goes on: not judged yet.
DanglingBorrow endingClosure(const Body &body, const CallExpr *call, const FunctionDecl *callee, const LambdaExpr *lambda,
                             std::string use, TaskTypes &types) {
  DanglingBorrow borrow{What::Closure, &body, call, callee, lambda};
  borrow.storage.kind = Storage::Kind::Temporary;
  borrow.name = std::move(use);
  borrow.type = types.classify(call->getType());
  borrow.destination = {Destination::Kind::Detached, call};
  return borrow;
}

/// Does `expr` hand on the variable itself: `f`, `std::move(f)`, `std::forward<F>(f)`?
bool handsOn(const Expr *expr, const VarDecl *variable) {
  const auto *named = expr ? dyn_cast_or_null<DeclRefExpr>(peelMoves(expr)) : nullptr;
  return named && named->getDecl() == variable;
}

} // namespace

/// `task.then(…)`: a call on something async that gives something async again.
bool Borrows::chains(const CallExpr *call) {
  const auto *member = dyn_cast<CXXMemberCallExpr>(call);
  return member && types_.classify(member->getImplicitObjectArgument()->getType()) && types_.classify(call->getType());
}

bool Borrows::isContinuation(const CallExpr *call) {
  const auto *member = dyn_cast<CXXMemberCallExpr>(call);
  const IdentifierInfo *name = member && member->getMethodDecl() ? member->getMethodDecl()->getIdentifier() : nullptr;
  return name && chains(call) &&
         llvm::is_contained({"then", "then_wrapped", "finally", "handle_exception", "handle_exception_type", "thenValue",
                             "thenTry", "then_unpack"}, name->getName());
}

bool Borrows::isToldAt(const Expr *call, const Expr *argument) const {
  return llvm::any_of(dangling_, [&](const DanglingBorrow &each) {
    return each.call == call && each.argument && peelMoves(each.argument) == peelMoves(argument);
  });
}

/// Closures of continuations end once they have run, and so do those that a library drops.
void Borrows::collectBriefClosures(const Body &body) {
  for (const CallExpr *call : body.all<CallExpr>()) {
    const std::optional<CallSite> site = CallSite::of(call);
    const bool link = isContinuation(call);
    const bool brief = link || (site && llvm::any_of(callees_.models(*site), [](const auto *row) { return row->dropsCallable; }));
    for (const Expr *argument : call->arguments())
      if (const auto *lambda = brief ? dyn_cast_or_null<LambdaExpr>(peelMoves(argument)) : nullptr)
        brief_.try_emplace(lambda->getLambdaClass(), link ? call : nullptr);
  }
}

const CallExpr *Borrows::linkOf(const Body &body) {
  dangling();
  return body.lambda ? brief_.lookup(body.lambda->getLambdaClass()) : nullptr;
}

/// `then([key = std::move(key)] { return lookup(key); })`: what the closure owns ends when its function returns, and so
/// does what a link of a chain hands to it.
Storage Borrows::inBriefClosure(const Expr *argument, const Body &body) const {
  if (!body.lambda || body.isCoroutine() || !brief_.contains(body.lambda->getLambdaClass()))
    return {};
  const VarDecl *root = rootOf(argument, /*owned=*/true);
  if (isa_and_nonnull<ParmVarDecl>(root) && root->getDeclContext() == body.function && root->getType()->isReferenceType() &&
      brief_.lookup(body.lambda->getLambdaClass()))
    return {Storage::Kind::Local, root};
  const bool owned = root && llvm::any_of(body.lambda->captures(), [&](const LambdaCapture &capture) {
    if (!capture.capturesVariable() || capture.getCapturedVar() != root || capture.getCaptureKind() != LCK_ByCopy)
      return false;
    const auto *variable = dyn_cast<VarDecl>(root);
    return !(variable->isInitCapture() && variable->getType()->isReferenceType()) && !pointsElsewhere(variable->getType().getNonReferenceType());
  });
  return owned ? Storage{Storage::Kind::Local, root} : Storage{};
}

/// A continuation runs once and is thrown away with its closure; a coroutine in it goes on.
void Borrows::lookAtContinuation(const Body &body, const CallExpr *call) {
  if (!isContinuation(call))
    return;
  for (const Expr *argument : call->arguments()) {
    const GivenClosure given = givenClosure(argument);
    std::optional<std::string> use = given.lambda ? closureUse(runCallOperator(given.lambda->getLambdaClass())) : std::nullopt;
    if (!use)
      continue;
    DanglingBorrow borrow = endingClosure(body, call, call->getDirectCallee(), given.lambda, *use, types_);
    if (given.pointed)
      judge(std::move(borrow), journeys_.of(call, body));
    else
      dangling_.push_back(std::move(borrow));
  }
}

/// `with_lock(mutex, [this]() -> task<> {…})`: a library that does not keep its callable until the coroutine in it is done.
void Borrows::lookAtLentClosure(const Body &body, const CallExpr *call) {
  const std::optional<CallSite> site = CallSite::of(call);
  const auto rows = site ? callees_.models(*site) : llvm::SmallVector<const catalog::FunctionModel *, 2>();
  const auto row = llvm::find_if(rows, [](const auto *each) { return each->lendsCallable || each->dropsCallable; });
  if (row == rows.end())
    return;
  for (const Expr *argument : site->arguments) {
    const GivenClosure given = givenClosure(argument);
    const std::optional<std::string> use = given.lambda ? closureUse(runCallOperator(given.lambda->getLambdaClass())) : std::nullopt;
    if (!use)
      continue;
    DanglingBorrow borrow = endingClosure(body, call, site->callee, given.lambda, *use, types_);
    if ((*row)->dropsCallable && !given.pointed)
      dangling_.push_back(std::move(borrow));
    else
      judge(std::move(borrow), journeys_.of(call, body));
  }
}

/// `work(); loop.exec();`: ordinary code that lets others run before it ends, with what it was given still there.
static bool runsLoopAfter(const CallExpr *call, const Body &body, Callees &callees) {
  bool after = false;
  return !body.isCoroutine() && llvm::any_of(body.nodes, [&](const Stmt *node) {
    after |= node == call;
    const std::optional<CallSite> site = after && !body.contains(call, node) ? CallSite::of(node) : std::nullopt;
    return site && (callees.isRunner(*site) || (site->object && says::waits(nameOf(site->callee))));
  });
}

/// What `call` does with the closure that is `parameter` of the function around it.
ClosureFate Borrows::fateInCall(const Body &body, const CallExpr *call, const ParmVarDecl *parameter, unsigned depth) {
  const std::optional<CallSite> site = CallSite::of(call);
  if (!site || !site->callee)
    return ClosureFate::Kept;
  const auto rows = callees_.models(*site);
  bool lent = site->object && handsOn(site->object, parameter) && isLambdaCall(site->callee);
  for (unsigned i = 0; i < site->arguments.size() && !lent; ++i) {
    if (!handsOn(site->arguments[i], parameter))
      continue;
    if (isContinuation(call) || llvm::any_of(rows, [](const auto *row) { return row->dropsCallable; }))
      return ClosureFate::Dropped;
    lent = llvm::any_of(rows, [](const auto *row) { return row->lendsCallable || row->role == FunctionRole::Inline; });
    const ParmVarDecl *target = site->parameter(i);
    if (!rows.empty() || !target)
      continue;
    const ClosureFate inner = fateOf(site->callee, target->getFunctionScopeIndex(), depth + 1);
    if (inner == ClosureFate::Dropped)
      return inner;
    lent = inner == ClosureFate::Lent;
  }
  if (!lent)
    return ClosureFate::Kept;
  if (runsLoopAfter(call, body, callees_))
    return ClosureFate::Kept;
  // The parameter by value ends with a plain function, and with a coroutine when that is done.
  const bool byValue = !parameter->getType()->isReferenceType();
  ClosureFate fate = ClosureFate::Kept;
  for (const Destination &destination : journeys_.of(call, body)) {
    const bool away = destination.kind == Destination::Kind::Stored || destination.kind == Destination::Kind::Detached;
    const bool returned = destination.kind == Destination::Kind::Returned && !body.isCoroutine();
    if (away || (returned && byValue))
      return ClosureFate::Dropped;
    if (returned)
      fate = ClosureFate::Lent;
  }
  return fate;
}

/// `with_gate(gate, [f = std::move(f)]() mutable { return f(); })`: the closure moves into another one, that ends first.
ClosureFate Borrows::fateInClosure(const Body &body, const LambdaExpr *outer, const ParmVarDecl *parameter) {
  const VarDecl *moved = nullptr;
  for (const LambdaCapture &capture : outer->captures()) {
    const auto *fresh = capture.capturesVariable() ? dyn_cast<VarDecl>(capture.getCapturedVar()) : nullptr;
    if (fresh && fresh->isInitCapture() && !fresh->getType()->isReferenceType() && handsOn(fresh->getInit(), parameter))
      moved = fresh;
  }
  const auto *call = moved ? dyn_cast_or_null<CallExpr>(body.meaningfulParentOf(outer)) : nullptr;
  const CXXMethodDecl *run = call ? runCallOperator(outer->getLambdaClass()) : nullptr;
  const Body *inner = code_.bodyOf(run ? run->getDefinition() : nullptr);
  const std::optional<CallSite> site = call ? CallSite::of(call) : std::nullopt;
  if (!inner || inner->isCoroutine() || !site)
    return ClosureFate::Kept;
  const bool leaves = llvm::any_of(inner->all<CallExpr>(), [&](const CallExpr *each) {
    const std::optional<CallSite> at = CallSite::of(each);
    return at && at->object && isLambdaCall(at->callee) && handsOn(at->object, moved) && isReturned(each, *inner);
  });
  const bool lent = llvm::any_of(callees_.models(*site), [](const auto *row) { return row->lendsCallable; });
  if (!leaves || !(brief_.contains(outer->getLambdaClass()) || lent))
    return ClosureFate::Kept;
  // Written in this function, the outer closure ends with the statement at the latest.
  const bool awaited = lent && llvm::all_of(journeys_.of(call, body), [](const Destination &each) {
                         return each.kind == Destination::Kind::Awaited && !each.holder;
                       });
  return awaited ? ClosureFate::Kept : ClosureFate::Dropped;
}

/// As a library's `lends` and `drops`, for a helper whose body the unit shows.
ClosureFate Borrows::fateOf(const FunctionDecl *callee, unsigned i, unsigned depth) {
  const FunctionDecl *definition = callee ? callee->getDefinition() : nullptr;
  const Body *body = code_.bodyOf(definition);
  if (!body || depth > 4 || i >= definition->getNumParams())
    return ClosureFate::Kept;
  const ParmVarDecl *parameter = definition->getParamDecl(i);
  const CXXRecordDecl *closure = classOf(parameter->getType().getNonReferenceType());
  if (!closure || !closure->isLambda())
    return ClosureFate::Kept;
  auto [entry, fresh] = fates_.try_emplace({definition->getCanonicalDecl(), i}, ClosureFate::Kept);
  if (!fresh)
    return entry->second;
  ClosureFate fate = ClosureFate::Kept;
  for (const CallExpr *call : body->all<CallExpr>())
    fate = std::max(fate, fateInCall(*body, call, parameter, depth));
  for (const LambdaExpr *outer : body->all<LambdaExpr>())
    fate = std::max(fate, fateInClosure(*body, outer, parameter));
  fates_[{definition->getCanonicalDecl(), i}] = fate;
  return fate;
}

/// `run_under_lock([this]() -> task<> {…})` with a helper of the unit.
void Borrows::lookAtPassedClosure(const Body &body, const CallExpr *call) {
  const std::optional<CallSite> site = CallSite::of(call);
  if (!site || !site->callee || !code_.bodyOf(site->callee->getDefinition()) || !callees_.models(*site).empty())
    return;
  for (unsigned i = 0; i < site->arguments.size(); ++i) {
    const ParmVarDecl *target = site->parameter(i);
    const LambdaExpr *lambda = target ? lambdaOf(site->arguments[i], body) : nullptr;
    const std::optional<std::string> use = lambda ? closureUse(runCallOperator(lambda->getLambdaClass())) : std::nullopt;
    const ClosureFate fate = use ? fateOf(site->callee, target->getFunctionScopeIndex(), 0) : ClosureFate::Kept;
    // A named closure that is only lent out lives on here; lookAtArguments() knows how long.
    if (fate == ClosureFate::Kept || (fate == ClosureFate::Lent && !isa_and_nonnull<LambdaExpr>(peelMoves(site->arguments[i]))))
      continue;
    if (fate == ClosureFate::Dropped && target->getType()->isReferenceType() && !isa_and_nonnull<LambdaExpr>(peelMoves(site->arguments[i])))
      continue; // by reference: the callee does not destroy it, and how long the task runs is not known
    DanglingBorrow borrow = endingClosure(body, call, site->callee, lambda, *use, types_);
    if (fate == ClosureFate::Dropped)
      dangling_.push_back(std::move(borrow));
    else
      judge(std::move(borrow), journeys_.of(call, body));
  }
}

} // namespace coroguard
