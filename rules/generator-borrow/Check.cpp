// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Generators fed with temporaries come from flow/Borrow; kept views are looked for here.
#include "rules/generator-borrow/Check.h"

#include "checker/framework/BorrowSteps.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

using namespace clang;

namespace coroguard::rules {

namespace message = generator_borrow::message;

GeneratorBorrowCheck::GeneratorBorrowCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, generator_borrow::info()) {}

void GeneratorBorrowCheck::checkUnit(Unit &unit) {
  for (const DanglingBorrow &borrow : unit.borrows().dangling()) {
    if (speakerOf(borrow) != BorrowSpeaker::GeneratorBorrow)
      continue;
    const std::string callee = unit.names().forPeople(borrow.callee);
    report(borrow.body, borrow.call->getSourceRange(),
           borrow.storage.kind == Storage::Kind::Local ? message::local(callee, borrow.name) : message::temporary(callee))
        .step(borrow.argument->getBeginLoc(), message::argumentHere());
  }
  for (const Body &body : unit.bodies())
    if (body.isCoroutine())
      checkYields(body, unit);
}

namespace {

/// The value that `co_yield` hands out.
const Expr *yieldedValue(const CoyieldExpr *yield) {
  const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(yield->getOperand()->IgnoreParenImpCasts());
  if (const auto *full = dyn_cast_or_null<FullExpr>(yield->getOperand()))
    call = dyn_cast<CXXMemberCallExpr>(full->getSubExpr()->IgnoreParenImpCasts());
  return call && call->getNumArgs() == 1 ? call->getArg(0) : nullptr;
}

/// Where a loop over `generator` puts its views, or with `byAddress` the addresses of its values, away; null if every loop
/// only looks at them.
const Stmt *whereKept(const FunctionDecl *generator, bool byAddress, Unit &unit) {
  for (const Body &body : unit.bodies())
    for (const CXXForRangeStmt *loop : body.all<CXXForRangeStmt>()) {
      const auto *call = dyn_cast_or_null<CallExpr>(peel(loop->getRangeInit()));
      if (!call || !call->getDirectCallee() || call->getDirectCallee()->getCanonicalDecl() != generator->getCanonicalDecl())
        continue;
      for (const DeclRefExpr *reference : body.references(loop->getLoopVariable())) {
        const Stmt *user = body.meaningfulParentOf(reference);
        if (const auto *address = dyn_cast_or_null<UnaryOperator>(user); byAddress)
          user = address && address->getOpcode() == UO_AddrOf ? body.meaningfulParentOf(address) : nullptr;
        const std::optional<CallSite> site = user ? CallSite::of(user) : std::nullopt;
        const FunctionDecl *callee = site ? site->callee : nullptr;
        const auto *container = site && site->object ? dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(site->object->getType())) : nullptr;
        if (container && says::keeps(nameOf(callee)) && container->getTemplateArgs().size() &&
            container->getTemplateArgs()[0].getKind() == TemplateArgument::Type &&
            pointsElsewhere(container->getTemplateArgs()[0].getAsType()))
          return site->expr;
      }
    }
  return nullptr;
}

} // namespace

void GeneratorBorrowCheck::checkYields(const Body &generator, Unit &unit) {
  const AsyncType *type = unit.types().classify(generator.function->getReturnType());
  if (!type || (type->kind != AsyncType::Kind::Generator && type->kind != AsyncType::Kind::Sequence))
    return;
  for (const CoyieldExpr *yield : generator.all<CoyieldExpr>()) {
    const Expr *value = yieldedValue(yield);
    if (!value)
      continue;
    // The loop's generator is gone with the loop, and whatever its frame holds with it.
    const bool views = pointsElsewhere(value->getType().getNonReferenceType());
    const Storage storage = views ? pointeeOf(value, generator) : storageOf(value, generator);
    if (const Stmt *kept = storage.kind == Storage::Kind::Temporary && !views ? whereKept(generator.function, /*byAddress=*/true, unit) : nullptr)
      report(&generator, yield->getSourceRange(), message::yieldedTemporary()).step(kept->getBeginLoc(), message::keptHere());
    if (storage.kind != Storage::Kind::Local || !storage.variable || storage.variable->getType()->isReferenceType())
      continue;
    if (const Stmt *kept = whereKept(generator.function, !views, unit))
      report(&generator, yield->getSourceRange(), message::yielded(storage.variable->getNameAsString()))
          .step(kept->getBeginLoc(), message::keptHere());
  }
}

} // namespace coroguard::rules
