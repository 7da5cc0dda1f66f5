// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Infers thread pools from their fields, constructors and names.
#include "checker/semantics/ThreadOwners.h"

#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace clang;

namespace coroguard {

using catalog::TypeRole;

namespace {

/// `explicit Workers(unsigned threads)`.
bool isConstructedWithThreads(const CXXRecordDecl *record) {
  return llvm::any_of(record->ctors(), [](const CXXConstructorDecl *constructor) {
    return llvm::any_of(constructor->parameters(), [](const ParmVarDecl *parameter) {
      return parameter->getType()->isIntegralOrEnumerationType() && says::isAboutThreads(nameOf(parameter));
    });
  });
}

void contentsOf(QualType type, llvm::SmallVectorImpl<QualType> &contents) {
  const auto *specialization = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(type));
  if (!specialization)
    return;
  for (const TemplateArgument &argument : specialization->getTemplateArgs().asArray())
    if (argument.getKind() == TemplateArgument::Type)
      contents.push_back(argument.getAsType());
}

} // namespace

bool ThreadOwners::hasRoleThrough(QualType type, TypeRole role, int depth) {
  type = pointedTo(type);
  const CXXRecordDecl *record = classOf(type);
  if (!record)
    return false;
  if (types_.hasRole(type, role))
    return true;
  // `io_context::executor_type`
  if (const auto *outer = dyn_cast<CXXRecordDecl>(record->getDeclContext()); outer && types_.modelOf(outer, role))
    return true;
  if (depth >= 2)
    return false;
  llvm::SmallVector<QualType, 2> contents;
  contentsOf(type, contents);
  return llvm::any_of(contents, [&](QualType content) { return hasRoleThrough(content, role, depth + 1); });
}

bool ThreadOwners::isLoop(QualType type) {
  if (type.isNull() || hasRoleThrough(type, TypeRole::ThreadPool))
    return false;
  if (hasRoleThrough(type, TypeRole::Loop))
    return true;
  const CXXRecordDecl *record = classOf(pointedTo(type));
  return record && says::isLoop(nameOf(record)) && !says::isPool(nameOf(record));
}

bool ThreadOwners::owns(QualType type) {
  if (type.isNull())
    return false;
  type = pointedTo(type);
  const CXXRecordDecl *record = classOf(type);
  if (!record || record->isLambda())
    return false;
  record = cast<CXXRecordDecl>(record->getCanonicalDecl());
  auto [entry, fresh] = known_.try_emplace(record, false);
  if (!fresh)
    return entry->second;
  const bool owns = hasRoleThrough(type, TypeRole::ThreadPool) || hasRoleThrough(type, TypeRole::Thread) ||
                    (!hasRoleThrough(type, TypeRole::Loop) && infer(record));
  return known_[record] = owns;
}

bool ThreadOwners::ownsValue(const Expr *expr) {
  for (int depth = 0; depth < 8 && expr; ++depth) {
    if (owns(expr->getType()))
      return true;
    if (isa<LambdaExpr>(expr))
      return false;
    if (const auto *implicit = expr->IgnoreImplicit(); implicit != expr) {
      expr = implicit;
    } else if (const auto *unary = dyn_cast<UnaryOperator>(expr)) {
      expr = unary->getSubExpr();
    } else if (const auto *construct = dyn_cast<CXXConstructExpr>(expr)) {
      expr = construct->getNumArgs() == 1 ? construct->getArg(0) : nullptr;
    } else if (const auto *cast = dyn_cast<ExplicitCastExpr>(expr)) {
      expr = cast->getSubExpr();
    } else if (const auto *member = dyn_cast<CXXMemberCallExpr>(expr)) {
      const std::string name = member->getMethodDecl() ? plainName(member->getMethodDecl()) : "";
      expr = containsAny(name, {"executor", "scheduler", "handle"}) || name == "get" ? member->getImplicitObjectArgument() : nullptr;
    } else if (const auto *reference = dyn_cast<DeclRefExpr>(expr)) {
      const auto *variable = dyn_cast<VarDecl>(reference->getDecl());
      expr = variable && variable->hasLocalStorage() && !isa<ParmVarDecl>(variable) ? variable->getInit() : nullptr;
    } else {
      return false;
    }
  }
  return false;
}

bool ThreadOwners::holdsThread(QualType type) {
  if (hasRoleThrough(type, TypeRole::Thread) || hasRoleThrough(type, TypeRole::ThreadPool))
    return true;
  const CXXRecordDecl *record = classOf(pointedTo(type));
  return record && says::isPool(nameOf(record));
}

bool ThreadOwners::infer(const CXXRecordDecl *record) {
  const CXXRecordDecl *definition = definitionOrPattern(record);
  // Awaitables made by a pool are members of it.
  const auto *outer = dyn_cast<CXXRecordDecl>(record->getDeclContext());
  if (says::isPool(nameOf(record)) || (outer && says::isPool(nameOf(outer))))
    return true;
  if (!definition || record->isInStdNamespace())
    return false;
  if (!says::isLoop(nameOf(record)) && isConstructedWithThreads(definition))
    return true;
  return llvm::any_of(definition->fields(), [&](const FieldDecl *field) { return holdsThread(field->getType()); });
}

} // namespace coroguard
