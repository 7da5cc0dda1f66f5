// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Shapes that compilers are known to have got wrong.
#include "rules/portability/Check.h"

#include "clang/AST/DeclCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = portability::message;

PortabilityCheck::PortabilityCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, portability::info()) {}

void PortabilityCheck::checkUnit(Unit &unit) {
  for (const Body &body : unit.bodies())
    if (body.isCoroutine()) {
      checkBindings(body);
      checkConditionals(body);
      checkCaptures(body);
    }
}

void PortabilityCheck::checkBindings(const Body &body) {
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls())
      if (const auto *bindings = dyn_cast<DecompositionDecl>(decl);
          bindings && !bindings->getType()->isReferenceType() && bindings->hasInit() &&
          isa_and_nonnull<CoawaitExpr>(peel(bindings->getInit())))
        report(&body, bindings->getSourceRange(), message::binding()).cure(message::nameIt());
}

namespace {

/// `isWrite ? put(makeRequest()) : get(makeRequest())`
bool lendsTemporaries(const Body &body, const ConditionalOperator *conditional) {
  return llvm::any_of(body.all<MaterializeTemporaryExpr>(), [&](const MaterializeTemporaryExpr *temporary) {
    const CXXRecordDecl *record = temporary->getType()->getAsCXXRecordDecl();
    const bool given = isa_and_nonnull<CallExpr>(body.meaningfulParentOf(temporary));
    return given && record && record->hasDefinition() && !record->hasTrivialDestructor() &&
           (body.contains(conditional->getTrueExpr(), temporary) || body.contains(conditional->getFalseExpr(), temporary));
  });
}

} // namespace

/// `[name = co_await load()] { … }`
void PortabilityCheck::checkCaptures(const Body &body) {
  for (const LambdaExpr *lambda : body.all<LambdaExpr>())
    for (const Expr *init : lambda->capture_inits())
      if (init && anyDescendant(init, [](const Stmt *node) { return isa<CoawaitExpr>(node); }))
        report(&body, init->getSourceRange(), message::capture()).cure(message::nameFirst());
}

void PortabilityCheck::checkConditionals(const Body &body) {
  const std::vector<const CoawaitExpr *> awaits = body.all<CoawaitExpr>();
  for (const ConditionalOperator *conditional : body.all<ConditionalOperator>()) {
    const bool awaited = llvm::any_of(awaits, [&](const CoawaitExpr *await) { return peel(await->getOperand()) == conditional; });
    if (awaited && lendsTemporaries(body, conditional))
      report(&body, conditional->getSourceRange(), message::operand()).cure(message::useIf());
    else if (llvm::any_of(body.nodes, [&](const Stmt *node) {
          return isa<CoroutineSuspendExpr>(node) &&
                 (body.contains(conditional->getTrueExpr(), node) || body.contains(conditional->getFalseExpr(), node));
        }))
      report(&body, conditional->getSourceRange(), message::conditional()).cure(message::useIf());
  }
}

} // namespace coroguard::rules
