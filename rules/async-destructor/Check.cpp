// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at the calls that destructors make.
#include "rules/async-destructor/Check.h"

#include "checker/flow/Closures.h"
#include "checker/semantics/Exemptions.h"

#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = async_destructor::message;

AsyncDestructorCheck::AsyncDestructorCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, async_destructor::info()), options_(async_destructor::Options::read(Options)) {}

void AsyncDestructorCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

namespace {

/// `future_.get()`, `future_.wait()`: whatever the future is of.
bool waitsForFuture(const CallSite &call, Unit &unit) {
  const bool future = call.object && unit.types().hasRole(call.object->IgnoreParenImpCasts()->getType(), catalog::TypeRole::Future);
  return future && llvm::any_of(unit.callees().blocking(call), [](const catalog::BlockingModel &row) { return row.category == "wait"; });
}

/// `stop()`: what the class does to end itself, if the unit shows it; a lambda that the destructor calls.
const Body *ownStep(const CallExpr *call, const Body &body, Unit &unit) {
  const std::optional<CallSite> site = CallSite::of(call);
  if (const LambdaExpr *lambda = site && site->object && isLambdaCall(site->callee) ? lambdaOf(site->object, body) : nullptr) {
    const Body *inner = unit.code().bodyOf(lambda->getCallOperator());
    return inner && !inner->isCoroutine() ? inner : nullptr;
  }
  const auto *member = dyn_cast<CXXMemberCallExpr>(call);
  const bool own = member && isa<CXXThisExpr>(member->getImplicitObjectArgument()->IgnoreParenImpCasts());
  const Body *called = own ? unit.code().bodyOf(member->getDirectCallee()) : nullptr;
  return called && called != &body && !called->isCoroutine() ? called : nullptr;
}

} // namespace

void AsyncDestructorCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (isa<CXXDestructorDecl>(body.function))
      for (const CallExpr *call : body.all<CallExpr>()) {
        if (judge(call, call, body, unit)) continue;
        if (const Body *step = ownStep(call, body, unit))
          for (const CallExpr *inner : step->all<CallExpr>())
            if (judge(inner, call, body, unit)) break;
      }
}

/// Judges `expr`, which is reached by way of `at` of the destructor. True if it was reported.
bool AsyncDestructorCheck::judge(const CallExpr *expr, const CallExpr *at, const Body &body, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(expr);
  if (!call || !call->callee || isExempt(options_.allowedCallees, unit.names().of(call->callee)) || peelMoves(expr) != expr)
    return false;
  const std::string callee = unit.names().forPeople(call->callee);
  const std::string type = cast<CXXDestructorDecl>(body.function)->getParent()->getNameAsString();
  auto tell = [&](std::string text) {
    FindingBuilder finding = report(&body, at->getSourceRange(), std::move(text));
    if (expr != at) finding.step(expr->getBeginLoc(), message::calledHere(callee));
    return true;
  };
  if (unit.callees().isRunner(*call) || waitsForFuture(*call, unit))
    return tell(message::waits(callee, type));
  // A coroutine that nobody can await begins here.
  const AsyncType *made = unit.types().classify(expr->getType());
  if (made && made->kind == AsyncType::Kind::Detached)
    return tell(message::starts(callee, type));
  // `(void)gate_.close();`: it goes on by itself, and whatever it belongs to is gone.
  const auto *thrownAway = dyn_cast_or_null<CStyleCastExpr>(body.meaningfulParentOf(expr));
  if (made && made->isEager() && unit.types().mustConsume(expr->getType()) && at == expr && (body.isDiscarded(expr) || (thrownAway && thrownAway->getType()->isVoidType())))
    return tell(message::starts(callee, type));
  // A task made here and handed to somebody. What only wraps it gives a task again, and is judged one call further out.
  const bool takesTask = llvm::any_of(call->arguments, [&](const Expr *argument) {
    const Expr *given = peelMoves(argument);
    return given && isa<CallExpr>(given) && given->isPRValue() && unit.types().mustConsume(given->getType());
  });
  // `loop_.post([this] { … });`: it runs when the object is gone.
  const bool posts = unit.callees().model(*call, catalog::FunctionRole::Callback) || (call->object && unit.contexts().owners().isLoop(call->object->getType()));
  if (posts && llvm::any_of(call->arguments, [&](const Expr *argument) { return capturesThis(lambdaOf(argument, body)); }))
    return tell(message::starts(callee, type));
  return takesTask && !unit.types().classifyOwned(expr->getType()) && !unit.callees().model(*call, catalog::FunctionRole::Move) &&
         tell(message::starts(callee, type));
}

} // namespace coroguard::rules
