// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads the coroutine protocol off declarations.
#include "checker/semantics/AwaiterProtocol.h"

#include "checker/semantics/Names.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "clang/AST/StmtCXX.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {
namespace {

void collect(const CXXRecordDecl *record, DeclarationName name, Methods &methods, int depth = 0) {
  const CXXRecordDecl *definition = definitionOrPattern(record);
  if (!definition || depth > 8)
    return;
  for (const NamedDecl *found : definition->lookup(name)) {
    found = found->getUnderlyingDecl();
    if (const FunctionDecl *function = found->getAsFunction())
      if (const auto *method = dyn_cast<CXXMethodDecl>(function))
        methods.push_back(method);
  }
  if (!methods.empty())
    return; // hides those of the bases
  for (const CXXBaseSpecifier &base : definition->bases())
    if (const CXXRecordDecl *baseRecord = recordOrPattern(base.getType()))
      collect(baseRecord, name, methods, depth + 1);
}

/// The body of a method, or of the pattern it would be instantiated from; null if nobody can see it.
const Stmt *visibleBody(const FunctionDecl *function) {
  const FunctionDecl *definition = function->getDefinition();
  if (!definition)
    if (const FunctionDecl *pattern = function->getTemplateInstantiationPattern())
      definition = pattern->getDefinition();
  if (!definition || definition->hasSkippedBody())
    return nullptr;
  return definition->getBody();
}

const ReturnStmt *onlyReturn(const Stmt *body) {
  const auto *block = dyn_cast_or_null<CompoundStmt>(body);
  return block && block->size() == 1 ? dyn_cast<ReturnStmt>(block->body_front()) : nullptr;
}

const Expr *firstReturned(const Stmt *body) {
  const Expr *value = nullptr;
  if (body)
    anyDescendant(body, [&](const Stmt *node) {
      const auto *result = dyn_cast<ReturnStmt>(node);
      value = result ? result->getRetValue() : value;
      return value != nullptr;
    });
  return value;
}

} // namespace

QualType pointedTo(QualType type) {
  type = type.getNonReferenceType();
  return type->isPointerType() ? type->getPointeeType() : type;
}

const CXXRecordDecl *classOf(QualType type) {
  if (type.isNull())
    return nullptr;
  const CXXRecordDecl *record = type.getNonReferenceType()->getAsCXXRecordDecl();
  if (!record)
    return nullptr;
  const CXXRecordDecl *definition = record->getDefinition();
  return definition ? definition : record;
}

const CXXRecordDecl *recordOrPattern(QualType type) {
  if (type.isNull())
    return nullptr;
  type = type.getNonReferenceType();
  if (const CXXRecordDecl *record = classOf(type))
    return record;
  if (const auto *specialization = type->getAs<TemplateSpecializationType>())
    if (const auto *classes = dyn_cast_or_null<ClassTemplateDecl>(specialization->getTemplateName().getAsTemplateDecl()))
      return classes->getTemplatedDecl();
  return nullptr;
}

const CXXRecordDecl *patternOf(const CXXRecordDecl *record) {
  if (const auto *specialization = dyn_cast<ClassTemplateSpecializationDecl>(record))
    if (!specialization->isExplicitSpecialization())
      return specialization->getSpecializedTemplate()->getTemplatedDecl();
  if (const CXXRecordDecl *member = record->getInstantiatedFromMemberClass()) // `task<int>::promise_type`
    return member;
  return record;
}

const CXXRecordDecl *definitionOrPattern(const CXXRecordDecl *record) {
  if (const CXXRecordDecl *definition = record->getDefinition())
    return definition;
  return patternOf(record)->getDefinition();
}

Methods methodsNamed(const CXXRecordDecl *record, llvm::StringRef name) {
  Methods methods;
  collect(record, &record->getASTContext().Idents.get(name), methods);
  return methods;
}

Methods operatorsOf(const CXXRecordDecl *record, OverloadedOperatorKind kind) {
  Methods methods;
  collect(record, record->getASTContext().DeclarationNames.getCXXOperatorName(kind), methods);
  return methods;
}

bool transforms(const CXXRecordDecl *promise, const CXXRecordDecl *operand) {
  return llvm::any_of(methodsNamed(promise, "await_transform"), [&](const CXXMethodDecl *transform) {
    const CXXRecordDecl *taken = !transform->isDeleted() && transform->getNumParams() > 0
                                     ? recordOrPattern(transform->getParamDecl(0)->getType().getNonReferenceType()) : nullptr;
    return taken && patternOf(taken)->getCanonicalDecl() == patternOf(operand)->getCanonicalDecl();
  });
}

bool isForMacros(const CXXRecordDecl *promise) {
  return promise->getASTContext().getLangOpts().CXXExceptions && !methodsNamed(promise, "initial_suspend").empty() &&
         methodsNamed(promise, "unhandled_exception").empty();
}

bool canLetGo(const CXXRecordDecl *handle) {
  return !methodsNamed(handle, "detach").empty() ||
         llvm::any_of(methodsNamed(handle, "release"), [](const CXXMethodDecl *method) { return method->getReturnType()->isVoidType() && method->getNumParams() == 0; });
}

bool isAwaiter(const CXXRecordDecl *record) {
  return !methodsNamed(record, "await_ready").empty() && !methodsNamed(record, "await_suspend").empty() &&
         !methodsNamed(record, "await_resume").empty();
}

bool isOwnAwaiter(const Expr *argument) {
  const auto *object = dyn_cast<UnaryOperator>(argument->IgnoreParenImpCasts());
  if (!object || object->getOpcode() != UO_Deref || !isa<CXXThisExpr>(object->getSubExpr()->IgnoreParenImpCasts()))
    return false;
  const CXXRecordDecl *record = classOf(object->getType());
  return record && isAwaiter(record);
}

const CXXMethodDecl *memberCoAwait(const CXXRecordDecl *record) {
  const Methods methods = operatorsOf(record, OO_Coawait);
  return methods.empty() ? nullptr : methods.front();
}

QualType resultTypeOf(const FunctionDecl *function) {
  QualType type = function->getReturnType();
  if (!type->isUndeducedType())
    return type;
  const Expr *value = firstReturned(visibleBody(function));
  return value && !value->isTypeDependent() ? value->getType() : QualType();
}

std::optional<bool> constantResult(const CXXRecordDecl *record, llvm::StringRef name) {
  for (const CXXMethodDecl *method : methodsNamed(record, name)) {
    const ReturnStmt *only = onlyReturn(visibleBody(method));
    const Expr *value = only ? only->getRetValue() : nullptr;
    bool result = false;
    if (value && !value->isValueDependent() && value->EvaluateAsBooleanCondition(result, record->getASTContext()))
      return result;
    return std::nullopt;
  }
  return std::nullopt;
}

bool isPlainValue(QualType type) {
  type = type.getNonReferenceType();
  if (type->isVoidType() || type->isArithmeticType() || type->isEnumeralType())
    return true;
  const CXXRecordDecl *record = classOf(type);
  if (!record || !record->isInStdNamespace() || !record->getIdentifier() || record->getName().contains("future"))
    return false;
  const auto *instance = dyn_cast<ClassTemplateSpecializationDecl>(record);
  if (!instance)
    return record->getName() == "monostate";
  auto isPlain = [](const TemplateArgument &argument) {
    return argument.getKind() != TemplateArgument::Type || isPlainValue(argument.getAsType());
  };
  return llvm::all_of(instance->getTemplateArgs().asArray(), [&](const TemplateArgument &each) {
    if (each.getKind() == TemplateArgument::Pack)
      return llvm::all_of(each.pack_elements(), isPlain);
    const CXXRecordDecl *given = each.getKind() == TemplateArgument::Type ? classOf(each.getAsType()) : nullptr;
    return isPlain(each) || nameOf(given) == "allocator";
  });
}

QualType awaitResult(QualType awaitable) {
  const CXXRecordDecl *record = recordOrPattern(awaitable);
  if (!record)
    return {};
  if (!isAwaiter(record))
    if (const CXXMethodDecl *coAwait = memberCoAwait(record))
      if (const CXXRecordDecl *awaiter = recordOrPattern(resultTypeOf(coAwait)))
        record = awaiter;
  for (const CXXMethodDecl *resume : methodsNamed(record, "await_resume"))
    if (QualType result = resultTypeOf(resume); !result.isNull() && !result->isDependentType())
      return result;
  const auto *specialization = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(awaitable));
  llvm::ArrayRef<TemplateArgument> arguments;
  if (specialization)
    arguments = specialization->getTemplateArgs().asArray();
  if (arguments.size() == 1 && arguments[0].getKind() == TemplateArgument::Pack) { // `future<T...>` of old
    arguments = arguments[0].pack_elements();
    if (arguments.empty())
      return specialization->getASTContext().VoidTy;
  }
  if (!arguments.empty() && arguments[0].getKind() == TemplateArgument::Type) {
    const QualType first = arguments[0].getAsType();
    if (first->isObjectType() || first->isReferenceType() || first->isVoidType()) // not a completion signature
      return first;
  }
  return {};
}

bool handsItsHandleOn(const CXXRecordDecl *awaiter) {
  for (const CXXMethodDecl *suspend : methodsNamed(awaiter, "await_suspend")) {
    const Stmt *body = visibleBody(suspend);
    if (!body || suspend->getNumParams() == 0)
      continue;
    const bool passedOn = anyDescendant(body, [&](const Stmt *node) {
      const auto *call = dyn_cast<CallExpr>(node);
      return call && anyDescendant(call, [&](const Stmt *inner) {
               const auto *reference = dyn_cast<DeclRefExpr>(inner);
               return reference && isa<ParmVarDecl>(reference->getDecl());
             });
    });
    if (passedOn)
      return true;
  }
  return false;
}

bool resumesInline(const CXXRecordDecl *awaiter) {
  const Methods suspends = methodsNamed(awaiter, "await_suspend");
  auto namesHandle = [](const Stmt *tree, const ParmVarDecl *handle) {
    return anyDescendant(tree, [&](const Stmt *node) {
      const auto *reference = dyn_cast<DeclRefExpr>(node);
      return reference && reference->getDecl() == handle;
    });
  };
  auto givesBack = [&](const CXXMethodDecl *suspend) {
    const Stmt *body = visibleBody(suspend);
    const auto *block = dyn_cast_or_null<CompoundStmt>(body);
    const FunctionDecl *definition = suspend->getDefinition();
    if (!block || block->size() != 1 || !definition || definition->getNumParams() == 0)
      return false;
    const ParmVarDecl *handle = definition->getParamDecl(0);
    if (const auto *result = dyn_cast<ReturnStmt>(block->body_front())) {
      const Expr *value = result->getRetValue();
      while (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(value ? value->IgnoreImplicit() : nullptr))
        value = construct->getNumArgs() == 1 ? construct->getArg(0) : nullptr; // a copy of the handle
      const auto *call = dyn_cast_or_null<CXXMemberCallExpr>(value ? value->IgnoreImplicit() : nullptr);
      if (call && isa<CXXConversionDecl>(call->getMethodDecl())) // coroutine_handle<P> to coroutine_handle<>
        value = call->getImplicitObjectArgument();
      const auto *reference = dyn_cast_or_null<DeclRefExpr>(value ? value->IgnoreParenImpCasts() : nullptr);
      return reference && reference->getDecl() == handle;
    }
    const auto *call = dyn_cast<CallExpr>(block->body_front());
    const auto *method = dyn_cast_or_null<CXXMethodDecl>(call ? call->getDirectCallee() : nullptr);
    const bool resumes = method && (method->getOverloadedOperator() == OO_Call || (nameOf(method) == "resume"));
    return resumes && namesHandle(call, handle);
  };
  return !suspends.empty() && llvm::all_of(suspends, givesBack);
}

bool suspendsByItself(const CXXRecordDecl *record) {
  if (!isAwaiter(record))
    return true;
  const std::optional<bool> ready = constantResult(record, "await_ready");
  return !ready || !*ready;
}

bool isElementOrEnd(QualType type) {
  if (type.isNull())
    return false;
  type = type.getNonReferenceType();
  if (type->isAnyPointerType() || type->isBooleanType())
    return true;
  const CXXRecordDecl *record = recordOrPattern(type);
  if (!record || !record->getIdentifier())
    return false;
  return llvm::StringSwitch<bool>(record->getName()).Cases({"optional", "variant", "expected", "shared_ptr", "unique_ptr"}, true)
             .Default(false) ||
         !methodsNamed(record, "has_value").empty();
}

const ClassTemplateDecl *findStdTemplate(ASTContext &context, llvm::StringRef name) {
  for (const NamedDecl *found : context.getTranslationUnitDecl()->lookup(&context.Idents.get("std")))
    if (const auto *space = dyn_cast<NamespaceDecl>(found))
      for (const NamedDecl *inner : space->lookup(&context.Idents.get(name)))
        if (const auto *classes = dyn_cast<ClassTemplateDecl>(inner))
          return classes->getCanonicalDecl();
  return nullptr;
}

bool awaiterAnswersAgain(const CoawaitExpr *await) {
  const CXXRecordDecl *awaiter = await->getCommonExpr() ? classOf(await->getCommonExpr()->getType()) : nullptr;
  if (!awaiter)
    return true;
  if (constantResult(awaiter, "await_ready"))
    return false;
  // A body that asks the task whether it is done; one nobody can see promises nothing.
  return llvm::any_of(methodsNamed(awaiter, "await_ready"), [](const CXXMethodDecl *method) {
    const FunctionDecl *definition = method->getDefinition() ? method->getDefinition() : method->getTemplateInstantiationPattern();
    return definition && definition->hasBody();
  });
}

bool anyDescendant(const Stmt *root, llvm::function_ref<bool(const Stmt *)> wanted) {
  llvm::SmallVector<const Stmt *, 32> pending{root};
  while (!pending.empty()) {
    const Stmt *node = pending.pop_back_val();
    if (!node)
      continue;
    if (wanted(node))
      return true;
    for (const Stmt *child : node->children())
      pending.push_back(child);
  }
  return false;
}

} // namespace coroguard
