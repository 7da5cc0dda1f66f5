// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Recognises guards and mutexes by packs, by their functions and by what their classes do.
#include "checker/flow/LockTypes.h"

#include "checker/flow/Storage.h"
#include "checker/semantics/Awaiting.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/Vocabulary.h"

#include "clang/AST/Attr.h"
#include "clang/AST/DeclTemplate.h"
#include "clang/AST/ExprCXX.h"
#include "llvm/ADT/STLExtras.h"

using namespace clang;

namespace coroguard {

using catalog::TypeRole;

namespace {


/// Some way of locking it is awaited.
bool isAsyncMutex(QualType type, TaskTypes &types) {
  if (types.hasRole(type, TypeRole::AsyncMutex))
    return true;
  const CXXRecordDecl *record = classOf(type);
  if (!record || !record->hasDefinition() || record->isInStdNamespace())
    return false;
  return llvm::any_of(record->methods(), [&](const CXXMethodDecl *method) {
    const QualType result = method->getReturnType();
    return !result->isDependentType() && !result->isUndeducedType() && types.isAwaitable(result);
  });
}

bool hasMethod(const CXXRecordDecl *record, llvm::StringRef name) {
  return llvm::any_of(methodsNamed(record, name), [](const CXXMethodDecl *method) {
    return method->getMinRequiredArguments() == 0 && (method->getReturnType()->isVoidType() || method->getReturnType()->isBooleanType());
  });
}

/// Locking spins or waits on an atomic, as far as the code can be seen.
bool locksByWaiting(const CXXRecordDecl *record) {
  return llvm::any_of(methodsNamed(record, "lock"), [](const CXXMethodDecl *method) {
    const FunctionDecl *definition = method->getDefinition();
    const Stmt *code = definition && !definition->hasSkippedBody() ? definition->getBody() : nullptr;
    return code && anyDescendant(code, [](const Stmt *node) {
      const auto *loop = isa<WhileStmt, DoStmt, ForStmt>(node) ? node : nullptr;
      return loop && anyDescendant(loop, [](const Stmt *inner) {
        const auto *call = dyn_cast<CXXMemberCallExpr>(inner);
        const llvm::StringRef name = call ? nameOf(call->getMethodDecl()) : "";
        return name == "test_and_set" || name == "exchange" || name.starts_with("compare_exchange");
      });
    });
  });
}

/// A guard of its own class takes and gives it back: it need not say that it is a mutex.
bool isLockable(QualType type, TaskTypes &types) {
  const CXXRecordDecl *record = classOf(type);
  return record && record->hasDefinition() && !isAsyncMutex(type, types) && hasMethod(record, "lock") && hasMethod(record, "unlock") &&
         !types.hasRole(type, TypeRole::LockGuard);
}

/// Its destructor unlocks a mutex that it refers to.
bool unlocksWhenItDies(const CXXRecordDecl *record, TaskTypes &types) {
  const CXXDestructorDecl *destructor = record->getDestructor();
  const FunctionDecl *definition = destructor ? destructor->getDefinition() : nullptr;
  const Stmt *code = definition && !definition->isDefaulted() && !definition->hasSkippedBody() ? definition->getBody() : nullptr;
  return code && anyDescendant(code, [&](const Stmt *node) {
           const auto *plain = dyn_cast<CallExpr>(node);
           const auto *call = dyn_cast<CXXMemberCallExpr>(node);
           const Expr *object = nullptr;
           return (call && unlocksMutex(call, types)) || (plain && lockCall(plain, object) == LockCall::Unlocks);
         });
}

/// A mutex among the template arguments that is locked by awaiting, or no mutex at all.
bool guardsNothingBlocking(const ClassTemplateSpecializationDecl *guard, TaskTypes &types) {
  auto isAsync = [&](const TemplateArgument &argument) {
    return argument.getKind() == TemplateArgument::Type && isAsyncMutex(argument.getAsType(), types);
  };
  for (const TemplateArgument &argument : guard->getTemplateArgs().asArray()) {
    const bool pack = argument.getKind() == TemplateArgument::Pack;
    if (isAsync(argument) || (pack && llvm::any_of(argument.pack_elements(), isAsync)) ||
        (pack && argument.pack_size() == 0 && nameOf(guard) == "scoped_lock"))
      return true;
  }
  return false;
}

bool isGuardClass(const CXXRecordDecl *record, TaskTypes &types, unsigned depth) {
  if (!record || !record->hasDefinition() || depth > 3 || record->isLambda())
    return false;
  const auto *specialization = dyn_cast<ClassTemplateSpecializationDecl>(record);
  if (specialization && record->isInStdNamespace() && isOneOf(nameOf(record), {"optional", "unique_ptr"}))
    return isGuardClass(classOf(specialization->getTemplateArgs()[0].getAsType()), types, depth + 1);
  auto looksLikeGuard = [&] {
    if (types.modelOf(record, TypeRole::LockGuard) || record->hasAttr<ScopedLockableAttr>())
      return true;
    if (record->isInStdNamespace())
      return false;
    auto isGuard = [&](QualType part) { return part->isRecordType() && isGuardClass(classOf(part), types, depth + 1); };
    return unlocksWhenItDies(record, types) ||
           llvm::any_of(record->bases(), [&](const CXXBaseSpecifier &base) { return isGuard(base.getType()); }) ||
           (llvm::any_of(record->fields(), [&](const FieldDecl *field) { return isGuard(field->getType()); }) &&
            llvm::none_of(record->fields(), [&](const FieldDecl *field) { return isBlockingMutex(field->getType(), types); }));
  };
  return looksLikeGuard() && !(specialization && guardsNothingBlocking(specialization, types));
}

} // namespace

bool unlocksMutex(const CXXMemberCallExpr *call, TaskTypes &types, unsigned depth) {
  const CXXMethodDecl *method = call->getMethodDecl();
  const Expr *object = call->getImplicitObjectArgument();
  if (!method || !object)
    return false;
  const QualType type = object->getType()->isPointerType() ? object->getType()->getPointeeType() : object->getType();
  if (nameOf(method).starts_with_insensitive("unlock"))
    return isLockable(type, types) || isBlockingMutex(type, types);
  const FunctionDecl *definition = depth < 2 && method->getNumParams() == 0 ? method->getDefinition() : nullptr;
  const Stmt *code = definition && !definition->hasSkippedBody() ? definition->getBody() : nullptr;
  return code && anyDescendant(code, [&](const Stmt *node) {
           const auto *inner = dyn_cast<CXXMemberCallExpr>(node);
           return inner && unlocksMutex(inner, types, depth + 1);
         });
}

bool isNothing(const Expr *value) {
  value = peel(value);
  if (const auto *construct = dyn_cast_or_null<CXXConstructExpr>(value))
    return construct->getNumArgs() == 0 || (construct->getNumArgs() == 1 && isNothing(construct->getArg(0)));
  if (const auto *list = dyn_cast_or_null<InitListExpr>(value))
    return list->getNumInits() == 0;
  return isa_and_nonnull<CXXNullPtrLiteralExpr, GNUNullExpr, CXXScalarValueInitExpr>(value) ||
         (value && nameOf(classOf(value->getType())) == "nullopt_t");
}

bool hasArgumentOf(const Expr *value, llvm::StringRef tag) {
  return value && anyDescendant(value, [&](const Stmt *node) {
           const auto *expr = dyn_cast<Expr>(node);
           return expr && nameOf(classOf(expr->getType())) == tag;
         });
}

bool mayBeEmpty(QualType guard) {
  const CXXRecordDecl *record = classOf(guard);
  return !record || record->isInStdNamespace() || !methodsNamed(record, "lock").empty() || !methodsNamed(record, "emplace").empty();
}

/// A class that has guards, or is one, holds a lock if one of these does.
static bool partsGiveLock(const Expr *value, TaskTypes &types, unsigned depth) {
  if (const auto *list = dyn_cast<InitListExpr>(value))
    return llvm::any_of(list->inits(), [&](const Expr *init) {
      return isLockGuard(init->getType(), types) && givesLock(init, types, depth + 1);
    });
  const auto *construct = dyn_cast<CXXConstructExpr>(value);
  const FunctionDecl *definition = construct ? construct->getConstructor()->getDefinition() : nullptr;
  const auto *constructor = dyn_cast_or_null<CXXConstructorDecl>(definition);
  if (!constructor)
    return construct && !construct->getConstructor()->isImplicit() && !isNothing(construct);
  return llvm::any_of(constructor->inits(), [&](const CXXCtorInitializer *init) {
    const QualType part = init->getAnyMember() ? init->getAnyMember()->getType() : QualType(init->getBaseClass(), 0);
    return init->getInit() && isLockGuard(part, types) && givesLock(init->getInit(), types, depth + 1);
  });
}

bool givesLock(const Expr *value, TaskTypes &types, unsigned depth) {
  if (!value || depth > 4)
    return false;
  const QualType type = value->getType();
  if ((isNothing(value) && mayBeEmpty(type)) || hasArgumentOf(value, "defer_lock_t"))
    return false;
  const Expr *bare = peel(value);
  const CXXRecordDecl *record = classOf(type);
  const bool own = record && record->hasDefinition() && !record->isInStdNamespace() && !types.modelOf(record, TypeRole::LockGuard) &&
                   !unlocksWhenItDies(record, types);
  return !own || isa<CallExpr>(bare) || partsGiveLock(bare, types, depth);
}

LockCall lockCall(llvm::StringRef name) {
  if (isOneOf(name, {"lock", "lock_shared", "Lock", "ReaderLock", "WriterLock", "relock", "emplace"}))
    return LockCall::Locks;
  if (name.starts_with("try_lock") || name == "TryLock")
    return LockCall::Tries;
  const bool unlocks = name.starts_with("unlock") || isOneOf(name, {"Unlock", "ReaderUnlock", "WriterUnlock", "release", "reset",
                                                                    "Release", "swap", "dismiss"});
  return unlocks ? LockCall::Unlocks : LockCall::None;
}

LockCall lockCall(const CallExpr *call, const Expr *&object) {
  const llvm::StringRef name = nameOf(call->getDirectCallee());
  if (call->getNumArgs() == 0 || !(name.starts_with("pthread_mutex_") || name.starts_with("pthread_rwlock_") || name.starts_with("pthread_spin_")))
    return LockCall::None;
  object = call->getArg(0);
  if (name.ends_with("_unlock"))
    return LockCall::Unlocks;
  if (name.contains("_try"))
    return LockCall::Tries;
  return name.ends_with("_lock") || name.ends_with("dlock") || name.ends_with("wrlock") ? LockCall::Locks : LockCall::None;
}

bool isRecursive(const VarDecl *guard, const Stmt *taken) {
  auto isOfRecursive = [](QualType type) {
    const CXXRecordDecl *record = classOf(type->isPointerType() ? type->getPointeeType() : type);
    const auto *guardOf = dyn_cast_or_null<ClassTemplateSpecializationDecl>(record);
    return nameOf(record).contains_insensitive("recursive") ||
           (guardOf && llvm::any_of(guardOf->getTemplateArgs().asArray(), [](const TemplateArgument &argument) {
              return argument.getKind() == TemplateArgument::Type && nameOf(classOf(argument.getAsType())).contains_insensitive("recursive");
            }));
  };
  const Expr *made = guard ? guard->getInit() : nullptr;
  return (guard && isOfRecursive(guard->getType())) || anyDescendant(made ? made : taken, [&](const Stmt *node) {
           const auto *expr = dyn_cast<Expr>(node);
           return expr && isOfRecursive(expr->getType());
         });
}

bool isBlockingMutex(QualType type, TaskTypes &types) {
  const CXXRecordDecl *record = classOf(type);
  if (!record || !record->hasDefinition() || isAsyncMutex(type, types))
    return false;
  if (types.hasRole(type, TypeRole::Mutex))
    return true;
  if (!hasMethod(record, "lock") || !hasMethod(record, "unlock") || types.hasRole(type, TypeRole::LockGuard))
    return false;
  return hasMethod(record, "try_lock") || says::isMutex(nameOf(record)) || locksByWaiting(record);
}

bool isLockGuard(QualType type, TaskTypes &types) { return type->isRecordType() && isGuardClass(classOf(type), types, 0); }

static bool callsMethod(const FunctionDecl *function, llvm::StringRef start) {
  const FunctionDecl *definition = function ? function->getDefinition() : nullptr;
  const Stmt *code = definition && !definition->isDefaulted() && !definition->hasSkippedBody() ? definition->getBody() : nullptr;
  return code && anyDescendant(code, [&](const Stmt *node) {
           const auto *call = dyn_cast<CXXMemberCallExpr>(node);
           return call && nameOf(call->getMethodDecl()).starts_with_insensitive(start);
         });
}

bool isReverseGuard(QualType type) {
  const CXXRecordDecl *record = classOf(type);
  return record && record->hasDefinition() && callsMethod(record->getDestructor(), "lock") &&
         llvm::any_of(record->ctors(), [](const CXXConstructorDecl *constructor) { return callsMethod(constructor, "unlock"); });
}

bool isFollowed(const Expr *guard, const Stmt *tree, TaskTypes &types) {
  return anyDescendant(tree, [&](const Stmt *node) {
    const auto *operation = dyn_cast<CXXOperatorCallExpr>(node);
    const bool follows = operation && (operation->getOperator() == OO_Arrow || (operation->getOperator() == OO_Star && operation->getNumArgs() == 1));
    const QualType target = follows ? operation->getType() : QualType();
    return follows && operation->getArg(0)->IgnoreParenImpCasts() == guard && !isLockGuard(target->isPointerType() ? target->getPointeeType() : target, types);
  });
}

bool isGuarded(const Stmt *one, const Stmt *other, const Body &body, TaskTypes &types) {
  for (const DeclStmt *declaration : body.all<DeclStmt>())
    for (const Decl *decl : declaration->decls()) {
      const auto *guard = dyn_cast<VarDecl>(decl);
      if (!guard || !guard->hasInit() || !isLockGuard(guard->getType(), types) || !givesLock(guard->getInit(), types) ||
          !isAlive(guard, one, body) || !isAlive(guard, other, body))
        continue;
      const bool handled = llvm::any_of(body.references(guard), [&](const DeclRefExpr *reference) {
        const auto *member = dyn_cast_or_null<MemberExpr>(body.meaningfulParentOf(reference));
        return !member || lockCall(nameOf(member->getMemberDecl())) != LockCall::None; // given away, unlocked
      });
      if (!handled)
        return true;
    }
  return false;
}

} // namespace coroguard
