// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Looks at fields and template arguments, and at the few statements of handlers.
#include "checker/flow/Outcomes.h"

#include "checker/flow/Storage.h"
#include "checker/semantics/Names.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {
namespace {

/// A value that may be an exception: it has an `exception_ptr`, or a variant of one.
bool mayHoldException(QualType type, unsigned depth = 0) {
  const CXXRecordDecl *record = type.isNull() || depth > 3 ? nullptr : classOf(type);
  if (!record || !record->hasDefinition()) return false;
  if (nameOf(record) == "exception_ptr") return true;
  const auto *instance = dyn_cast<ClassTemplateSpecializationDecl>(record);
  const bool variant = instance && record->isInStdNamespace() && (record->getName() == "variant" || record->getName() == "expected");
  if (variant)
    for (const TemplateArgument &argument : instance->getTemplateArgs().asArray())
      for (const TemplateArgument &each : argument.getKind() == TemplateArgument::Pack ? argument.getPackAsArray() : llvm::ArrayRef(argument))
        if (each.getKind() == TemplateArgument::Type && mayHoldException(each.getAsType(), depth + 1)) return true;
  return !record->isInStdNamespace() && llvm::any_of(record->fields(), [&](const FieldDecl *field) {
    return mayHoldException(field->getType(), depth + 1);
  });
}

} // namespace

bool givesOutcomes(QualType value, TaskTypes &types) {
  const auto *instance = value.isNull() ? nullptr : dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(value));
  if (!instance || !ownsElements(value) || !instance->isInStdNamespace()) return false;
  for (const TemplateArgument &argument : instance->getTemplateArgs().asArray())
    for (const TemplateArgument &each : argument.getKind() == TemplateArgument::Pack ? argument.getPackAsArray() : llvm::ArrayRef(argument))
      if (each.getKind() == TemplateArgument::Type && !types.isAwaitable(each.getAsType()) && mayHoldException(each.getAsType())) return true;
  return false;
}

bool losesException(const CompoundStmt *code) {
  const auto *guarded = code->size() == 1 ? dyn_cast<CXXTryStmt>(code->body_front()) : nullptr;
  if (!guarded) return code->body_empty();
  const auto *thrown = guarded->getTryBlock()->size() == 1 ? dyn_cast<Expr>(guarded->getTryBlock()->body_front()) : nullptr;
  for (unsigned i = 0; i < guarded->getNumHandlers(); ++i)
    if (const auto *handler = dyn_cast<CompoundStmt>(guarded->getHandler(i)->getHandlerBlock()); !handler || !handler->body_empty()) return false;
  return thrown && isa<CXXThrowExpr>(thrown->IgnoreImplicit());
}

} // namespace coroguard
