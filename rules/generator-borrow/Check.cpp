// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Generators fed with temporaries come from flow/Borrow; kept views are looked for here.
#include "rules/generator-borrow/Check.h"

#include "checker/framework/BorrowSteps.h"
#include "checker/semantics/LocalValues.h"
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

/// `generator<std::string_view>`
bool handsOutViews(const FunctionDecl *generator) {
  const auto *type = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(generator->getReturnType()));
  const TemplateArgument *element = type && type->getTemplateArgs().size() ? &type->getTemplateArgs()[0] : nullptr;
  return element && element->getKind() == TemplateArgument::Type && pointsElsewhere(element->getAsType().getNonReferenceType());
}

bool makes(const Expr *value, const FunctionDecl *generator) {
  const auto *call = dyn_cast_or_null<CallExpr>(value ? peelMoves(value) : nullptr);
  return call && call->getDirectCallee() && call->getDirectCallee()->getCanonicalDecl() == generator->getCanonicalDecl();
}

/// `auto line = co_await lines.next()`, `auto *line = lines.next()`, with a generator that is kept in a local.
bool isStepOf(const VarDecl *variable, const FunctionDecl *generator) {
  const Expr *value = variable->hasInit() ? peelMoves(variable->getInit()) : nullptr;
  if (const auto *await = dyn_cast_or_null<CoawaitExpr>(value))
    value = peelMoves(await->getOperand());
  const std::optional<CallSite> call = CallSite::of(value);
  const bool step = call && call->object && call->arguments.empty() && (nameOf(call->callee) == "next" || call->callee->getOverloadedOperator() == OO_Call);
  const VarDecl *held = step ? localOf(call->object) : nullptr;
  return held && held->hasInit() && makes(held->getInit(), generator);
}

/// The expression that stands for the element, or with `byAddress` for its address, where `reference` names it: a loop's
/// variable itself and `&line`; of a step `*line`, and a pointer to the element as it is.
const Stmt *elementAt(const DeclRefExpr *reference, bool step, bool byAddress, const Body &body) {
  if (step && byAddress)
    return reference->getType()->isPointerType() ? reference : nullptr;
  const Stmt *user = step || byAddress ? body.meaningfulParentOf(reference) : nullptr;
  const auto *unary = dyn_cast_or_null<UnaryOperator>(user);
  const auto *operation = dyn_cast_or_null<CXXOperatorCallExpr>(user);
  if (step)
    return (unary && unary->getOpcode() == UO_Deref) || (operation && operation->getOperator() == OO_Star) ? user : nullptr;
  return byAddress ? unary && unary->getOpcode() == UO_AddrOf ? user : nullptr : reference;
}

/// The call that puts `element` into a container of views or pointers; else null.
const Stmt *keptBy(const Stmt *element, const Body &body) {
  const Stmt *user = element ? body.meaningfulParentOf(element) : nullptr;
  const auto *member = dyn_cast_or_null<MemberExpr>(user); // out of a `std::reference_wrapper`
  if (const auto *conversion = member && isa<CXXConversionDecl>(member->getMemberDecl()) ? body.parentOf(member) : nullptr)
    user = body.meaningfulParentOf(conversion);
  const std::optional<CallSite> site = user ? CallSite::of(user) : std::nullopt;
  const auto *container = site && site->object ? dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(site->object->getType())) : nullptr;
  const bool keeps = container && says::keeps(nameOf(site->callee)) && container->getTemplateArgs().size() &&
                     container->getTemplateArgs()[0].getKind() == TemplateArgument::Type &&
                     pointsElsewhere(container->getTemplateArgs()[0].getAsType());
  return keeps ? site->expr : nullptr;
}

/// Where a loop over `generator`, or one that asks it step by step, puts its views, or with `byAddress` the addresses of its
/// values, away; null if every loop only looks at them.
const Stmt *whereKept(const FunctionDecl *generator, bool byAddress, Unit &unit) {
  for (const Body &body : unit.bodies()) {
    auto kept = [&](const VarDecl *variable, bool step) {
      const Stmt *found = nullptr;
      for (const DeclRefExpr *reference : body.references(variable))
        found = found ? found : keptBy(elementAt(reference, step, byAddress, body), body);
      return found;
    };
    for (const CXXForRangeStmt *loop : body.all<CXXForRangeStmt>())
      if (const Stmt *found = makes(loop->getRangeInit(), generator) ? kept(loop->getLoopVariable(), /*step=*/false) : nullptr)
        return found;
    for (const DeclStmt *declaration : body.all<DeclStmt>())
      for (const Decl *each : declaration->decls())
        if (const auto *variable = dyn_cast<VarDecl>(each); variable && isStepOf(variable, generator))
          if (const Stmt *found = kept(variable, /*step=*/true))
            return found;
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
    const bool view = pointsElsewhere(value->getType().getNonReferenceType());
    const bool views = view || (handsOutViews(generator.function) && ownsElements(value->getType().getNonReferenceType())); // made in yield_value()
    const Storage storage = view ? pointeeOf(value, generator) : storageOf(value, generator);
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
