// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The exceptions that carry cancellation in a coroutine's library, and which handlers catch them.
#pragma once

#include "checker/semantics/Unit.h"

#include "clang/AST/StmtCXX.h"

namespace coroguard {

struct CancellationType {
  std::string name;                   ///< qualified
  const clang::CXXRecordDecl *record; ///< null if the unit does not declare it
};

/// Of the library of a coroutine, by pack; of a library no pack knows (`library` is null), exception classes beside the
/// task type that are called after cancellation. Those the unit declares come first.
std::vector<CancellationType> cancellationTypes(const Body &coroutine, const catalog::LibraryInfo *library, Unit &unit);

enum class Catches : uint8_t {
  Others, ///< lets cancellation pass
  Broad,  ///< `...`, or a base of a cancellation type
  ByName, ///< a cancellation type, or a class derived from one
};
Catches catches(const clang::CXXCatchStmt *handler, llvm::ArrayRef<CancellationType> types, Names &names);

/// Says whether somebody asked for the end: std::stop_token and its like by model, and classes of that name with a question.
bool isStopToken(clang::QualType type, TaskTypes &types);

/// `sleep_abortable(1s, abort_source)`: does it wait for time, or with a stop token, so that its cancellation is to be expected?
bool isCancellableWait(const clang::CoroutineSuspendExpr *await, Unit &unit);

} // namespace coroguard
