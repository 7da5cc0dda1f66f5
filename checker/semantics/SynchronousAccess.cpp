// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What ordinary code gets from an object without awaiting it: by its shape alone, whatever library it is of.
#include "checker/semantics/SynchronousAccess.h"

#include "checker/semantics/AwaiterProtocol.h"

#include "clang/AST/DeclTemplate.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"

#include <initializer_list>

using namespace clang;

namespace coroguard {

bool convertsToResult(const CXXRecordDecl *record) {
  const CXXRecordDecl *definition = definitionOrPattern(record);
  const auto *specialization = dyn_cast<ClassTemplateSpecializationDecl>(record);
  return definition && llvm::any_of(definition->decls(), [&](const Decl *member) {
    const auto *pattern = dyn_cast<FunctionTemplateDecl>(member);
    const auto *conversion = dyn_cast<CXXConversionDecl>(pattern ? pattern->getTemplatedDecl() : member);
    if (!conversion)
      return false;
    const QualType target = conversion->getConversionType().getNonReferenceType().getUnqualifiedType();
    if (pattern)
      return target->isTemplateTypeParmType();
    return specialization && !target->isBooleanType() &&
           llvm::any_of(specialization->getTemplateArgs().asArray(), [&](const TemplateArgument &argument) {
             return argument.getKind() == TemplateArgument::Type &&
                    argument.getAsType().getCanonicalType() == target.getCanonicalType();
           });
  });
}

bool convertsToBool(const CXXRecordDecl *record) {
  const CXXRecordDecl *definition = definitionOrPattern(record);
  return definition && llvm::any_of(definition->decls(), [](const Decl *member) {
           const auto *conversion = dyn_cast<CXXConversionDecl>(member);
           return conversion && conversion->getConversionType()->isBooleanType();
         });
}

bool readsSynchronously(const CXXRecordDecl *record, QualType self, bool isOperation) {
  const QualType awaited = awaitResult(self);
  if (awaited.isNull() || awaited->isVoidType())
    return false;
  const auto gives = [&](QualType type) {
    return type.getNonReferenceType().getCanonicalType().getUnqualifiedType() ==
           awaited.getNonReferenceType().getCanonicalType().getUnqualifiedType();
  };
  for (const CXXMethodDecl *method : operatorsOf(record, OO_Star))
    if (method->getNumParams() == 0 && gives(method->getReturnType()))
      return true;
  const CXXRecordDecl *written = isOperation ? definitionOrPattern(record) : nullptr;
  return written && awaited->isBooleanType() && isAwaiter(record) && convertsToBool(record) &&
         llvm::any_of(methodsNamed(written, "await_resume"),
                      [](const CXXMethodDecl *resume) { return resume->getReturnType()->isBooleanType(); });
}

static bool hasAny(const CXXRecordDecl *record, std::initializer_list<llvm::StringRef> names) {
  return llvm::any_of(names, [&](llvm::StringRef name) { return !methodsNamed(record, name).empty(); });
}

bool holdsItsValue(const CXXRecordDecl *record) {
  return hasAny(record, {"has_value", "hasValue"}) &&
         (!operatorsOf(record, OO_Star).empty() || hasAny(record, {"value", "value_or", "value_or_throw"})) &&
         !hasAny(record, {"wait", "get", "isReady", "is_ready", "ready", "done", "isDone", "valid", "resume", "via", "start"});
}

} // namespace coroguard
