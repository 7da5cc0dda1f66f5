// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Lengths of time written in code: integers, std::chrono values, timespec and timeval, deadlines.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/Truth.h"

namespace coroguard {

/// Is this time span zero (or negative, for chrono)? Integers, durations, pointers to timespec or timeval.
Truth isZeroSpan(const clang::Expr *expr, const Body &body, clang::ASTContext &context);
/// Is it a null pointer?
Truth isNullPointer(const clang::Expr *expr, const Body &body, clang::ASTContext &context);
/// May this relative timeout last? A null pointer and negative integers are forever.
Truth isTimeout(const clang::Expr *expr, const Body &body, clang::ASTContext &context);
/// May this point in time lie in the future?
Truth isFutureDeadline(const clang::Expr *expr, const Body &body, clang::ASTContext &context);

} // namespace coroguard
