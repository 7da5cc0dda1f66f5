// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the declared results of the user's functions and lambdas.
#include "rules/nested-task/Check.h"

#include "checker/semantics/Exemptions.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"
#include "clang/Basic/SourceManager.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard::rules {

namespace message = nested_task::message;

NestedTaskCheck::NestedTaskCheck(llvm::StringRef name, tidy::ClangTidyContext *context)
    : RuleCheck(name, context, nested_task::info()), options_(nested_task::Options::read(Options)) {}

void NestedTaskCheck::storeOptions(tidy::ClangTidyOptions::OptionMap &options) {
  RuleCheck::storeOptions(options);
  options_.store(Options, options);
}

namespace {

/// Is it a task whose result is a task?
bool isNested(QualType type, Unit &unit) {
  const AsyncType *outer = type.isNull() || type->isDependentType() ? nullptr : unit.types().classify(type);
  const QualType value = outer && outer->isTask() ? awaitResult(type) : QualType();
  const AsyncType *inner = value.isNull() || value->isReferenceType() ? nullptr : unit.types().classify(value);
  // Work that runs already and that many may await is handed out on purpose.
  return inner && inner->isTask() && !(inner->isEager() && !inner->singleShot);
}

/// The same for what a declared type holds: `std::map<int, Task<Task<int>>>`, `std::function<Task<Task<int>>()>`.
bool holdsNested(QualType type, Unit &unit, unsigned depth = 0) {
  if (type.isNull() || type->isDependentType() || depth > 4) return false;
  if (const auto *function = type->getAs<FunctionProtoType>()) return holdsNested(function->getReturnType(), unit, depth + 1);
  if (isNested(type, unit)) return true;
  const auto *record = dyn_cast_or_null<ClassTemplateSpecializationDecl>(type->getAsCXXRecordDecl());
  return record && llvm::any_of(record->getTemplateArgs().asArray(), [&](const TemplateArgument &argument) {
    return argument.getKind() == TemplateArgument::Type && holdsNested(argument.getAsType(), unit, depth + 1);
  });
}

} // namespace

void NestedTaskCheck::checkUnit(Unit &unit) {
  checkContext(unit.ast().getTranslationUnitDecl(), unit);
  for (const Body &body : unit.bodies())
    if (!body.isInstantiation()) {
      if (body.lambda) judge(body.function, &body, unit);
      checkCalls(body, unit);
    }
}

/// A template that gives a task of what it is given: `later(load(key))`, `run([] { return load(key); })`.
void NestedTaskCheck::checkCalls(const Body &body, Unit &unit) {
  for (const CallExpr *call : body.all<CallExpr>()) {
    const FunctionDecl *callee = call->getDirectCallee();
    if (!callee || !callee->getPrimaryTemplate() || !call->isPRValue() || isExempt(options_.allowedCallees, unit.names().of(callee)) ||
        !isNested(call->getType(), unit))
      continue;
    report(&body, call->getSourceRange(), message::nested(unit.names().forPeople(callee)));
  }
}

/// A member, a variable or a name for such a type.
void NestedTaskCheck::judgeType(const NamedDecl *decl, QualType type, Unit &unit) {
  if (decl->getIdentifier() && holdsNested(type, unit))
    report(nullptr, decl->getLocation(), message::declared(decl->getNameAsString()));
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
    else if (isa<FieldDecl, VarDecl>(decl))
      judgeType(cast<NamedDecl>(decl), cast<ValueDecl>(decl)->getType(), unit);
    else if (const auto *alias = dyn_cast<TypedefNameDecl>(decl); alias && !isNested(alias->getUnderlyingType(), unit)) // that speaks where it is used
      judgeType(alias, alias->getUnderlyingType(), unit);
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
  if (!isNested(result, unit) || isExempt(options_.allowedCallees, unit.names().of(function))) return;
  const SourceRange range =
      body && body->lambda ? body->lambda->getIntroducerRange() : function->getNameInfo().getSourceRange();
  FindingBuilder finding = report(body, range, message::nested(unit.names().forPeople(function)));
  if (body)
    for (const CoreturnStmt *returned : body->all<CoreturnStmt>())
      finding.step(returned->getBeginLoc(), message::returnedHere());
}

} // namespace coroguard::rules
