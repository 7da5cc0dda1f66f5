// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions that are kept as values: which types hold them, and which handlers lose them.
#pragma once

#include "checker/semantics/TaskTypes.h"

#include "clang/AST/Stmt.h"

namespace coroguard {

/// `std::vector<outcome<int>>`, `std::tuple<outcome<int>, outcome<long>>`: the results of several tasks, failed or not.
bool givesOutcomes(clang::QualType value, TaskTypes &types);

/// `{}`, `{ try { throw; } catch (...) {} }`: the body of a handler that loses its exception.
bool losesException(const clang::CompoundStmt *handler);

} // namespace coroguard
