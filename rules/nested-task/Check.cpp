// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the declared results of the user's functions and lambdas.
#include "rules/nested-task/Check.h"

#include "checker/semantics/Exemptions.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"

using namespace clang;

namespace coroguard::rules {

namespace message = nested_task::message;

NestedTaskCheck::NestedTaskCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, nested_task::info()), options_(nested_task::Options::read(Options)) {}

void NestedTaskCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

void NestedTaskCheck::checkUnit(Unit &unit) {
  checkContext(unit.ast().getTranslationUnitDecl(), unit);
  for (const Body &body : unit.bodies())
    if (body.lambda && !body.isInstantiation()) judge(body.function, &body, unit);
}

/// Declarations without a body have no place in the code index.
void NestedTaskCheck::checkContext(const DeclContext *context, Unit &unit) {
  const SourceManager &sources = unit.ast().getSourceManager();
  for (const Decl *decl : context->noload_decls()) {
    if (decl->isImplicit() || decl->isInvalidDecl() ||
        sources.isInSystemHeader(sources.getExpansionLoc(decl->getLocation())))
      continue;
    if (const auto *function = dyn_cast<FunctionDecl>(decl))
      judge(function, unit.code().bodyOf(function), unit);
    else if (isa<NamespaceDecl, LinkageSpecDecl, ExportDecl>(decl) ||
             (isa<CXXRecordDecl>(decl) && !cast<CXXRecordDecl>(decl)->isDependentContext() &&
              !isa<ClassTemplateSpecializationDecl>(decl)))
      checkContext(cast<DeclContext>(decl), unit);
  }
}

void NestedTaskCheck::judge(const FunctionDecl *function, const Body *body, Unit &unit) {
  const QualType result = function->getReturnType();
  // One finding per function: at its first declaration.
  if (function->isDependentContext() || result->isReferenceType() || (!body && !function->isFirstDecl()) ||
      (body && !body->lambda && function->getCanonicalDecl() != function))
    return;
  const AsyncType *outer = unit.types().classify(result);
  if (!outer || !outer->isTask() || isExempt(options_.allowedCallees, unit.names().of(function))) return;
  const QualType value = awaitResult(result);
  const AsyncType *inner = value.isNull() || value->isReferenceType() ? nullptr : unit.types().classify(value);
  if (!inner || !inner->isTask()) return;
  const SourceRange range =
      body && body->lambda ? body->lambda->getIntroducerRange() : function->getNameInfo().getSourceRange();
  FindingBuilder finding = report(body, range, message::nested(unit.names().forPeople(function)));
  if (body)
    for (const CoreturnStmt *returned : body->all<CoreturnStmt>())
      finding.step(returned->getBeginLoc(), message::returnedHere());
}

} // namespace coroguard::rules
