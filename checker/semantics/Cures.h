// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What to do instead, in the words of the library the user works with: from its pack, or, for libraries no pack knows,
// from the functions it declares beside its task type.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/Names.h"
#include "checker/semantics/TaskTypes.h"

#include "llvm/ADT/StringMap.h"

#include <string>

namespace coroguard {

class Cures {
public:
  Cures(const catalog::ModelIndex &models, Names &names, TaskTypes &types)
      : models_(models), names_(names), types_(types) {}

  /// The library whose coroutine `body` is (or is written in); null for unknown libraries.
  const catalog::LibraryInfo *libraryOf(const Body &body);
  /// The cure for a purpose (await, run, spawn, sleep, offload, iterate, gather, …) in that library, else in general
  /// terms; empty if the catalogue has none. `{task}` and `{duration}` become `subject`.
  std::string text(llvm::StringRef purpose, const catalog::LibraryInfo *library, llvm::StringRef subject = "");
  /// As text(), for the library of the coroutine `body` is or is written in; that of an unknown library is read off what
  /// its namespace declares: a function that takes a duration and gives an awaitable sleeps.
  std::string text(llvm::StringRef purpose, const Body &body, llvm::StringRef subject = "");
  /// What to do instead of the call a row describes: in the words of `library`, or inferred for the coroutine's.
  std::string instead(const catalog::BlockingModel &row, llvm::StringRef category, const Body &body,
                      const catalog::LibraryInfo *library, llvm::StringRef subject);

private:
  const AsyncType *taskOf(const Body &body);
  const llvm::StringMap<std::string> &inferredFor(const AsyncType &task);
  void inferFrom(const clang::DeclContext *scope, const clang::CXXRecordDecl *task, llvm::StringMap<std::string> &cures);
  void inferFromFunction(const clang::FunctionDecl *function, const clang::CXXRecordDecl *task,
                         llvm::StringMap<std::string> &cures);
  bool givesAwaitable(const clang::FunctionDecl *function);

  const catalog::ModelIndex &models_;
  Names &names_;
  TaskTypes &types_;
  llvm::DenseMap<const clang::CXXRecordDecl *, llvm::StringMap<std::string>> inferred_;
};

} // namespace coroguard
