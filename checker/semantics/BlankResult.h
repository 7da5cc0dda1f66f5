// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Results of coroutines that do not tell a failure from a success.
#pragma once

#include "checker/semantics/CodeIndex.h"

namespace coroguard {

/// `co_return 0;`, after `attempt` failed: a value that says nothing of what went wrong, or a local that keeps such a value then.
bool isBlankResult(const clang::Stmt *statement, const clang::CXXTryStmt *attempt, const Body &body);

} // namespace coroguard
