// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which types represent async work, inferred from promise_type and the awaiter protocol; library packs only add names.
#pragma once

#include "checker/semantics/AwaiterProtocol.h"
#include "checker/semantics/Names.h"
#include "rules/catalog/ModelIndex.h"

#include "clang/AST/ASTContext.h"
#include "llvm/ADT/DenseMap.h"

#include <memory>
#include <optional>

namespace coroguard {

/// What one class is to async code. Owned by TaskTypes, one object per canonical class.
struct AsyncType {
  enum class Kind : uint8_t {
    Task,      ///< coroutine return type (or library type) that must be consumed
    Operation, ///< an awaiter and nothing else: it does its work only when awaited
    Sequence,  ///< async sequence: its elements are reached by awaiting
    Generator, ///< synchronous generator
    Detached,  ///< fire-and-forget return type
    Other,     ///< known by name only; see `model`
  };
  Kind kind = Kind::Other;
  catalog::Start start = catalog::Start::Unknown;
  catalog::Drop drop = catalog::Drop::Unknown;
  bool letsGo = false;                           ///< its destructor says that the work runs on
  bool singleShot = true;
  bool awaitable = false;
  bool convertsToResult = false;                 ///< a conversion gives the result, without waiting for it
  bool readsSynchronously = false;               ///< `*task`, `if (step)` give what awaiting gives, to code that cannot await
  const clang::CXXRecordDecl *record = nullptr;
  const clang::CXXRecordDecl *promise = nullptr; ///< may be a template pattern; null if there is none
  const catalog::TypeModel *model = nullptr;     ///< the pack's row, if a pack knows the type
  const catalog::LibraryInfo *library = nullptr; ///< whose type it is, if known

  bool isTask() const { return kind == Kind::Task; }
  bool isLazy() const { return start == catalog::Start::Lazy; }
  bool isEager() const { return start == catalog::Start::Eager; }
  /// Dropping it unconsumed loses something.
  bool mustBeConsumed() const { return kind == Kind::Task || kind == Kind::Operation; }
};

/// How `await_ready` and `await_suspend` of an awaiter behave, as far as types and constant bodies tell.
enum class Suspends : uint8_t { Never, Always, Maybe };

/// Answers questions about types. Caches per canonical class; one per unit, not thread-safe.
class TaskTypes {
public:
  TaskTypes(clang::ASTContext &context, const catalog::ModelIndex &models, Names &names);

  /// Null for types that have nothing to do with async code. References are looked through.
  const AsyncType *classify(clang::QualType type);
  /// As classify(), and through owning wrappers: optional<task>, unique_ptr<task>, vector<task>, pair<task, x>, arrays.
  /// `wrapped` tells whether one was looked through.
  const AsyncType *classifyOwned(clang::QualType type, bool *wrapped = nullptr);
  /// Null unless values of `type` (by value, possibly wrapped) must be consumed.
  const AsyncType *mustConsume(clang::QualType type, bool *wrapped = nullptr);

  /// Can `type` be the operand of co_await by itself (awaiter, member or free operator co_await)?
  bool isAwaitable(clang::QualType type);
  /// Would awaiting an object of this type suspend? Looks through operator co_await.
  Suspends suspends(clang::QualType type);
  /// Would awaiting through this (already transformed) awaiter type suspend?
  Suspends awaiterSuspends(const clang::CXXRecordDecl *awaiter);

  /// The promise of coroutines that return `type`: nested promise_type or a coroutine_traits specialisation.
  const clang::CXXRecordDecl *promiseOf(clang::QualType type);
  catalog::Start startOf(const clang::CXXRecordDecl *promise);

  /// Pack row of a class (or of one of its bases), with the given role; any role if none is given.
  const catalog::TypeModel *modelOf(const clang::CXXRecordDecl *record,
                                    std::optional<catalog::TypeRole> role = std::nullopt);
  bool hasRole(clang::QualType type, catalog::TypeRole role);
  /// The library that owns a declaration, by namespace.
  const catalog::LibraryInfo *libraryOf(const clang::NamedDecl *decl);

private:
  void infer(AsyncType &type);
  void inferFromPromise(AsyncType &type);
  void apply(AsyncType &type, const catalog::TypeModel &model);
  bool isAsyncSequence(const clang::CXXRecordDecl *record);
  bool isIterableInPlace(const clang::CXXRecordDecl *record);
  bool isPureOperation(const clang::CXXRecordDecl *record);
  const clang::FunctionDecl *freeCoAwait(const clang::CXXRecordDecl *record);
  const clang::CXXRecordDecl *promiseFromTraits(const clang::CXXRecordDecl *record);

  clang::ASTContext &context_;
  const catalog::ModelIndex &models_;
  Names &names_;
  llvm::DenseMap<const clang::CXXRecordDecl *, std::unique_ptr<AsyncType>> types_;
  llvm::DenseMap<const clang::CXXRecordDecl *, const clang::CXXRecordDecl *> promises_;
  llvm::DenseMap<const clang::CXXRecordDecl *, char> awaitables_;
  const clang::ClassTemplateDecl *coroutineTraits_ = nullptr;
  bool traitsLookedUp_ = false;
};

/// An awaitable that runs already: it can be let go of, and its destructor does something about the work otherwise.
bool isRunningHandle(const AsyncType &type);

/// Can objects of the class be copied, as far as its own declaration says?
bool isCopyable(const clang::CXXRecordDecl *record);

} // namespace coroguard
