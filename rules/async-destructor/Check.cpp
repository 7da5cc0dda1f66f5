// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at the calls that destructors make.
#include "rules/async-destructor/Check.h"

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

void AsyncDestructorCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (isa<CXXDestructorDecl>(body.function))
      for (const CallExpr *call : body.all<CallExpr>())
        judge(call, body, unit);
}

void AsyncDestructorCheck::judge(const Expr *expr, const Body &body, Unit &unit) {
  const std::optional<CallSite> call = CallSite::of(expr);
  if (!call || !call->callee || isExempt(options_.allowedCallees, unit.names().of(call->callee)) ||
      peelMoves(expr) != expr)
    return;
  const std::string callee = unit.names().forPeople(call->callee);
  const std::string type = cast<CXXDestructorDecl>(body.function)->getParent()->getNameAsString();
  if (unit.callees().isRunner(*call)) {
    report(&body, expr->getSourceRange(), message::waits(callee, type));
    return;
  }
  // A task made here and handed to somebody. What only wraps it gives a task again, and is judged one call further out.
  const bool takesTask = llvm::any_of(call->arguments, [&](const Expr *argument) {
    const Expr *made = peelMoves(argument);
    return made && isa<CallExpr>(made) && made->isPRValue() && unit.types().mustConsume(made->getType());
  });
  if (takesTask && !unit.types().classifyOwned(expr->getType()) &&
      !unit.callees().model(*call, catalog::FunctionRole::Move))
    report(&body, expr->getSourceRange(), message::starts(callee, type));
}

} // namespace coroguard::rules
