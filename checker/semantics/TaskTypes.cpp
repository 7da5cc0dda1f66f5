// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Infers what a class is to async code.
#include "checker/semantics/TaskTypes.h"

#include "checker/semantics/Names.h"
#include "checker/semantics/SynchronousAccess.h"
#include "checker/semantics/TaskDestructors.h"

#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace clang;

namespace coroguard {
bool isCopyable(const CXXRecordDecl *record) {
  const CXXRecordDecl *definition = definitionOrPattern(record);
  if (!definition)
    return false;
  for (const CXXConstructorDecl *constructor : definition->ctors())
    if (constructor->isCopyConstructor())
      return !constructor->isDeleted() && constructor->getAccess() != AS_private;
  return !definition->hasUserDeclaredMoveConstructor() && !definition->hasUserDeclaredMoveAssignment() &&
         !(definition->needsImplicitCopyConstructor() && definition->defaultedCopyConstructorIsDeleted());
}

namespace {

using catalog::Drop;
using catalog::Start;
using catalog::TypeRole;

/// The nested type called promise_type of the class or one of its bases, as a class or template pattern.
const CXXRecordDecl *nestedPromise(const CXXRecordDecl *record) {
  const CXXRecordDecl *definition = definitionOrPattern(record);
  if (!definition)
    return nullptr;
  IdentifierInfo &name = definition->getASTContext().Idents.get("promise_type");
  for (const NamedDecl *found : definition->lookup(&name)) {
    if (found->getAccess() == AS_private || found->getAccess() == AS_protected)
      return nullptr; // for its own use: no coroutine can return it
    found = found->getUnderlyingDecl();
    if (const auto *nested = dyn_cast<CXXRecordDecl>(found))
      return definitionOrPattern(nested);
    if (const auto *alias = dyn_cast<TypedefNameDecl>(found))
      return recordOrPattern(alias->getUnderlyingType());
  }
  for (const CXXBaseSpecifier &base : definition->bases())
    if (const CXXRecordDecl *baseRecord = recordOrPattern(base.getType()))
      if (const CXXRecordDecl *promise = nestedPromise(baseRecord))
        return promise;
  return nullptr;
}

bool isOwningWrapper(const ClassTemplateSpecializationDecl *record, llvm::StringRef name) {
  if (name.starts_with("std::"))
    return llvm::StringSwitch<bool>(name.drop_front(5))
        .Cases({"optional", "unique_ptr", "vector", "array", "deque", "list", "forward_list"}, true)
        .Cases({"pair", "tuple", "variant", "expected", "map", "unordered_map", "multimap", "queue", "stack"}, true)
        .Default(false);
  // Other libraries' containers and optionals, by their shape.
  const bool container = !methodsNamed(record, "size").empty() &&
                         (!methodsNamed(record, "push_back").empty() || !methodsNamed(record, "emplace_back").empty());
  return container || (!methodsNamed(record, "has_value").empty() && !methodsNamed(record, "value").empty() &&
                       methodsNamed(record, "await_ready").empty());
}

/// Somebody can ask for the elements one by one.
bool givesElements(const CXXRecordDecl *record) {
  if (!methodsNamed(record, "begin").empty() || !operatorsOf(record, OO_Call).empty() || convertsToBool(record))
    return true;
  const CXXRecordDecl *definition = definitionOrPattern(record);
  return !definition || llvm::any_of(definition->methods(), [](const CXXMethodDecl *method) {
    if (method->getAccess() != AS_public || method->isStatic() || !method->getIdentifier() || method->getNumParams() > 0)
      return false;
    const std::string name = method->getName().lower();
    return llvm::any_of(std::initializer_list<llvm::StringRef>{"next", "resume", "value", "current", "advance", "move"},
                        [&](llvm::StringRef word) { return llvm::StringRef(name).contains(word); });
  });
}

/// Is `record` what callers of the promise's coroutines get?
bool isMadeBy(const CXXRecordDecl *promise, const CXXRecordDecl *record) {
  return llvm::any_of(methodsNamed(promise, "get_return_object"), [&](const CXXMethodDecl *method) {
    const CXXRecordDecl *made = recordOrPattern(resultTypeOf(method));
    return made && patternOf(made)->getCanonicalDecl() == patternOf(record)->getCanonicalDecl();
  });
}

/// Awaited through what it gives for an executor: `LockOperation::viaIfAsync(executor)`. A folly promise asks for it.
bool takesExecutor(const CXXRecordDecl *record) {
  return llvm::any_of(methodsNamed(record, "viaIfAsync"), [](const CXXMethodDecl *method) { return method->getNumParams() == 1; });
}

} // namespace

TaskTypes::TaskTypes(ASTContext &context, const catalog::ModelIndex &models, Names &names)
    : context_(context), models_(models), names_(names) {}

const AsyncType *TaskTypes::classify(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  if (!record || record->isDependentContext() || record->isLambda())
    return nullptr;
  std::unique_ptr<AsyncType> &entry = types_[cast<CXXRecordDecl>(record->getCanonicalDecl())];
  if (!entry) {
    auto fresh = std::make_unique<AsyncType>();
    fresh->record = record;
    infer(*fresh);
    types_[cast<CXXRecordDecl>(record->getCanonicalDecl())] = std::move(fresh);
    return classify(type);
  }
  const bool interesting = entry->kind != AsyncType::Kind::Other || entry->model;
  return interesting ? entry.get() : nullptr;
}

const AsyncType *TaskTypes::classifyOwned(QualType type, bool *wrapped) {
  if (wrapped)
    *wrapped = false;
  for (int depth = 0; depth < 4 && !type.isNull(); ++depth) {
    if (const ArrayType *array = context_.getAsArrayType(type)) {
      type = array->getElementType();
    } else {
      const AsyncType *found = classify(type);
      if (found && found->kind != AsyncType::Kind::Other)
        return found;
      const auto *wrapper = dyn_cast_or_null<ClassTemplateSpecializationDecl>(classOf(type));
      if (!wrapper || found || !isOwningWrapper(wrapper, names_.of(wrapper)))
        return nullptr;
      llvm::SmallVector<QualType, 4> contents;
      for (const TemplateArgument &argument : wrapper->getTemplateArgs().asArray()) {
        if (argument.getKind() == TemplateArgument::Type)
          contents.push_back(argument.getAsType());
        else if (argument.getKind() == TemplateArgument::Pack)
          for (const TemplateArgument &element : argument.pack_elements())
            if (element.getKind() == TemplateArgument::Type)
              contents.push_back(element.getAsType());
      }
      auto async = llvm::find_if(contents, [&](QualType content) {
        return !content->isReferenceType() && !content->isPointerType() && classifyOwned(content);
      });
      if (async == contents.end())
        return nullptr;
      type = *async;
    }
    if (wrapped)
      *wrapped = true;
  }
  return nullptr;
}

const AsyncType *TaskTypes::mustConsume(QualType type, bool *wrapped) {
  if (type->isReferenceType() || type->isPointerType())
    return nullptr;
  const AsyncType *found = classifyOwned(type, wrapped);
  return found && found->mustBeConsumed() ? found : nullptr;
}

void TaskTypes::apply(AsyncType &type, const catalog::TypeModel &model) {
  type.model = &model;
  type.singleShot = model.singleShot;
  if (model.start != Start::Unknown)
    type.start = model.start;
  if (model.drop != Drop::Unknown)
    type.drop = model.drop;
  switch (model.role) {
  case TypeRole::Task: type.kind = AsyncType::Kind::Task; break;
  case TypeRole::Detached: type.kind = AsyncType::Kind::Detached; break;
  case TypeRole::Generator: type.kind = AsyncType::Kind::Generator; break;
  case TypeRole::AsyncSequence: type.kind = AsyncType::Kind::Sequence; break;
  default: type.kind = AsyncType::Kind::Other; break;
  }
}

void TaskTypes::infer(AsyncType &type) {
  const CXXRecordDecl *record = type.record;
  const llvm::StringRef name = names_.of(record);
  if (name == "std::coroutine_handle" || name == "std::experimental::coroutine_handle")
    return;
  type.library = libraryOf(record);
  const QualType self = context_.getCanonicalTagType(record);
  type.awaitable = isAwaitable(self);
  type.promise = promiseOf(self);
  if (type.promise) {
    if (startOf(type.promise) == Start::Lazy || !holdsItsValue(record))
      inferFromPromise(type);
  } else if (isAsyncSequence(record))
    type.kind = AsyncType::Kind::Sequence;
  else if (type.awaitable && isPureOperation(record))
    type.kind = AsyncType::Kind::Operation;
  type.readsSynchronously = type.awaitable && !type.isLazy() && readsSynchronously(record, self, type.kind == AsyncType::Kind::Operation);
  if (const catalog::TypeModel *model = modelOf(record))
    apply(type, *model);
}

void TaskTypes::inferFromPromise(AsyncType &type) {
  type.start = startOf(type.promise);
  type.awaitable |= transforms(type.promise, type.record);
  const bool yields = !methodsNamed(type.promise, "yield_value").empty();
  if (yields && !type.awaitable && !givesElements(type.record) && !isMadeBy(type.promise, type.record))
    return; // an iterator that names the promise it walks through
  if (yields && (type.awaitable || givesElements(type.record))) {
    const bool asynchronous = isAsyncSequence(type.record) || (type.awaitable && !isIterableInPlace(type.record));
    type.kind = asynchronous ? AsyncType::Kind::Sequence : AsyncType::Kind::Generator;
    return;
  }
  // Started already and nothing to await: made to be dropped.
  if (!type.awaitable && type.isEager()) {
    const bool owns = destroysItsCoroutine(type.record) && !onlyDestroysTheDone(type.record); // it runs as long as its holder lives
    type.kind = owns ? AsyncType::Kind::Other : AsyncType::Kind::Detached;
    return;
  }
  type.kind = AsyncType::Kind::Task;
  type.singleShot = !isCopyable(type.record); // copies share the work: awaiting it twice is fine
  // `Started start() &&` of the task that the coroutine returns: what can be let go runs.
  const bool startsWhenDropped = type.isLazy() && resumesItself(type.record);
  if (startsWhenDropped || (type.isLazy() && !isMadeBy(type.promise, type.record) && detachesItself(type.record)))
    type.start = Start::Eager;
  if (type.isLazy())
    type.drop = Drop::NeverStarts;
  else if (type.isEager())
    type.drop = destroysItsCoroutine(type.record) && !onlyDestroysTheDone(type.record) ? Drop::Cancels : Drop::Detaches;
  type.letsGo = type.drop == Drop::Detaches &&
                (destroysItsCoroutine(type.record) || detachesItself(type.record) || startsWhenDropped);
  type.convertsToResult = convertsToResult(type.record);
}

bool TaskTypes::isAwaitable(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  if (!record)
    return false;
  char &known = awaitables_[cast<CXXRecordDecl>(record->getCanonicalDecl())];
  if (!known) {
    const bool awaitable = isAwaiter(record) || memberCoAwait(record) || freeCoAwait(record) || takesExecutor(record);
    awaitables_[cast<CXXRecordDecl>(record->getCanonicalDecl())] = awaitable ? 'y' : 'n';
    return awaitable;
  }
  return known == 'y';
}

Suspends TaskTypes::suspends(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  if (!record)
    return Suspends::Maybe;
  if (isAwaiter(record))
    return awaiterSuspends(record);
  const FunctionDecl *coAwait = memberCoAwait(record);
  if (!coAwait)
    coAwait = freeCoAwait(record);
  const CXXRecordDecl *awaiter = coAwait ? recordOrPattern(coAwait->getReturnType()) : nullptr;
  return awaiter && awaiter != record ? awaiterSuspends(awaiter) : Suspends::Maybe;
}

Suspends TaskTypes::awaiterSuspends(const CXXRecordDecl *awaiter) {
  const llvm::StringRef name = names_.of(awaiter);
  if (name == "std::suspend_always" || name == "std::experimental::suspend_always")
    return Suspends::Always;
  if (name == "std::suspend_never" || name == "std::experimental::suspend_never")
    return Suspends::Never;
  const std::optional<bool> ready = constantResult(awaiter, "await_ready");
  if (!ready)
    return Suspends::Maybe;
  if (*ready)
    return Suspends::Never;
  for (const CXXMethodDecl *suspend : methodsNamed(awaiter, "await_suspend"))
    if (suspend->getReturnType()->isBooleanType()) {
      const std::optional<bool> stays = constantResult(awaiter, "await_suspend");
      return !stays ? Suspends::Maybe : *stays ? Suspends::Always : Suspends::Never;
    }
  return Suspends::Always;
}

const CXXRecordDecl *TaskTypes::promiseOf(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  if (!record)
    return nullptr;
  record = cast<CXXRecordDecl>(record->getCanonicalDecl());
  auto [entry, fresh] = promises_.try_emplace(record, nullptr);
  if (!fresh)
    return entry->second;
  const CXXRecordDecl *promise = promiseFromTraits(record);
  if (!promise)
    promise = nestedPromise(record);
  return promises_[record] = promise;
}

const CXXRecordDecl *TaskTypes::promiseFromTraits(const CXXRecordDecl *record) {
  if (!traitsLookedUp_) {
    traitsLookedUp_ = true;
    coroutineTraits_ = findStdTemplate(context_, "coroutine_traits");
  }
  if (!coroutineTraits_)
    return nullptr;
  const QualType self = context_.getCanonicalTagType(record);
  for (const ClassTemplateSpecializationDecl *traits : coroutineTraits_->specializations()) {
    const llvm::ArrayRef<TemplateArgument> arguments = traits->getTemplateArgs().asArray();
    if (!arguments.empty() && arguments[0].getKind() == TemplateArgument::Type &&
        context_.hasSameUnqualifiedType(arguments[0].getAsType(), self))
      if (const CXXRecordDecl *promise = nestedPromise(traits))
        return promise;
  }
  const auto *specialization = dyn_cast<ClassTemplateSpecializationDecl>(record);
  if (!specialization)
    return nullptr;
  llvm::SmallVector<ClassTemplatePartialSpecializationDecl *, 8> partials;
  const_cast<ClassTemplateDecl *>(coroutineTraits_)->getPartialSpecializations(partials);
  for (const ClassTemplatePartialSpecializationDecl *partial : partials) {
    const TemplateArgument &first = partial->getTemplateArgs()[0];
    if (first.getKind() != TemplateArgument::Type)
      continue;
    const CXXRecordDecl *matched = recordOrPattern(first.getAsType());
    if (matched && matched->getCanonicalDecl() == patternOf(specialization)->getCanonicalDecl())
      return nestedPromise(partial);
  }
  return nullptr;
}

Start TaskTypes::startOf(const CXXRecordDecl *promise) {
  for (const CXXMethodDecl *method : methodsNamed(promise, "initial_suspend")) {
    const CXXRecordDecl *awaiter = recordOrPattern(resultTypeOf(method));
    if (!awaiter)
      return Start::Unknown;
    switch (awaiterSuspends(awaiter)) {
    case Suspends::Never: return Start::Eager;
    case Suspends::Always: return handsItsHandleOn(awaiter) ? Start::Eager : Start::Lazy;
    case Suspends::Maybe: return Start::Unknown;
    }
  }
  return Start::Unknown;
}

const catalog::TypeModel *TaskTypes::modelOf(const CXXRecordDecl *record, std::optional<TypeRole> role) {
  for (const catalog::TypeModel &model : models_.types(names_.of(record)))
    if (!role || model.role == *role)
      return &model;
  const CXXRecordDecl *definition = definitionOrPattern(record);
  if (definition)
    for (const CXXBaseSpecifier &base : definition->bases())
      if (const CXXRecordDecl *baseRecord = recordOrPattern(base.getType()))
        if (const catalog::TypeModel *model = modelOf(baseRecord, role))
          return model;
  return nullptr;
}

bool TaskTypes::hasRole(QualType type, TypeRole role) {
  const CXXRecordDecl *record = classOf(type);
  return record && modelOf(record, role);
}

const catalog::LibraryInfo *TaskTypes::libraryOf(const NamedDecl *decl) {
  return models_.libraryOfNamespace(names_.of(decl));
}

bool TaskTypes::isAsyncSequence(const CXXRecordDecl *record) {
  auto returnsAwaitable = [&](const CXXMethodDecl *method) {
    const CXXRecordDecl *result = recordOrPattern(resultTypeOf(method));
    return result && result->getCanonicalDecl() != record->getCanonicalDecl() &&
           (isAwaitable(context_.getCanonicalTagType(result)) || promiseOf(context_.getCanonicalTagType(result)));
  };
  const bool hasEnd = !methodsNamed(record, "end").empty();
  for (const CXXMethodDecl *begin : methodsNamed(record, "begin")) {
    if (!hasEnd)
      break; // a transaction, not a range
    if (returnsAwaitable(begin))
      return true;
    // A plain iterator whose increment must be awaited.
    if (const CXXRecordDecl *iterator = recordOrPattern(resultTypeOf(begin)))
      for (const CXXMethodDecl *increment : operatorsOf(iterator, OO_PlusPlus))
        if (returnsAwaitable(increment))
          return true;
  }
  const bool yields = [&] {
    const CXXRecordDecl *promise = promiseOf(context_.getCanonicalTagType(record));
    return promise && !methodsNamed(promise, "yield_value").empty();
  }();
  for (llvm::StringRef step : {"next", "async_next", "anext", "co_next", "next_async", "__anext__", "move_next"})
    for (const CXXMethodDecl *next : methodsNamed(record, step))
      if (next->getMinRequiredArguments() == 0 && returnsAwaitable(next) &&
          (yields || isElementOrEnd(awaitResult(resultTypeOf(next)))))
        return true;
  if (yields)
    for (const CXXMethodDecl *call : operatorsOf(record, OO_Call))
      if (returnsAwaitable(call))
        return true;
  return false;
}

bool TaskTypes::isIterableInPlace(const CXXRecordDecl *record) {
  return !methodsNamed(record, "begin").empty() && !methodsNamed(record, "end").empty();
}

bool TaskTypes::isPureOperation(const CXXRecordDecl *record) {
  const CXXRecordDecl *definition = definitionOrPattern(record);
  if (!definition || names_.of(record).starts_with("std::suspend_") || !(suspendsByItself(definition) || takesExecutor(definition)))
    return false;
  // Its author says that it must not be dropped; what can be stopped or let go runs already.
  if (definition->hasAttr<WarnUnusedResultAttr>() &&
      llvm::all_of(std::initializer_list<llvm::StringRef>{"cancel", "detach", "join", "stop", "request_stop"},
                   [&](llvm::StringRef name) { return methodsNamed(definition, name).empty(); }))
    return true;
  for (const Decl *member : definition->decls()) {
    if (member->getAccess() != AS_public || member->isImplicit())
      continue;
    if (const auto *functions = dyn_cast<FunctionTemplateDecl>(member))
      member = functions->getTemplatedDecl();
    const auto *method = dyn_cast<CXXMethodDecl>(member);
    if (!method || isa<CXXConstructorDecl, CXXDestructorDecl>(method) || method->isCopyAssignmentOperator() ||
        method->isMoveAssignmentOperator() || method->isStatic() || method->getOverloadedOperator() == OO_Coawait)
      continue;
    if (!method->getIdentifier() || !(method->getName().starts_with("await_") || method->getName() == "viaIfAsync"))
      return false;
  }
  return llvm::all_of(definition->bases(), [&](const CXXBaseSpecifier &base) {
    const CXXRecordDecl *baseRecord = recordOrPattern(base.getType());
    return base.getAccessSpecifier() != AS_public || !baseRecord || definitionOrPattern(baseRecord)->isEmpty() ||
           isPureOperation(baseRecord);
  });
}

const FunctionDecl *TaskTypes::freeCoAwait(const CXXRecordDecl *record) {
  const DeclarationName name = context_.DeclarationNames.getCXXOperatorName(OO_Coawait);
  for (const DeclContext *scope = record->getDeclContext(); scope; scope = scope->getParent()) {
    if (!scope->isFileContext())
      continue;
    for (const NamedDecl *found : scope->getRedeclContext()->lookup(name)) {
      const FunctionDecl *function = found->getAsFunction();
      if (!function || function->getNumParams() != 1)
        continue;
      const CXXRecordDecl *operand = recordOrPattern(function->getParamDecl(0)->getType().getNonReferenceType());
      if (operand && patternOf(operand)->getCanonicalDecl() == patternOf(record)->getCanonicalDecl())
        return function;
    }
  }
  return nullptr;
}

bool isRunningHandle(const AsyncType &type) {
  const CXXDestructorDecl *destructor = type.record->getDestructor();
  return type.kind == AsyncType::Kind::Operation && canLetGo(type.record) && destructor && destructor->isUserProvided();
}

} // namespace coroguard
