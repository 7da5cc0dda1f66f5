// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Names of the C library's constants in source code: is this argument `MSG_DONTWAIT`, and does that bit stand in it?
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/Truth.h"

#include <optional>

namespace coroguard {

/// The value of a constant by its name: an enumerator of the unit, else what Linux defines on the common machines.
std::optional<int64_t> systemConstant(llvm::StringRef name, clang::ASTContext &context);

/// Is bit `name` set in `expr`? Reads macro names as well as values.
Truth hasFlag(const clang::Expr *expr, llvm::StringRef name, const Body &body, clang::ASTContext &context);
/// Does `expr` have the value called `name` (a constant, an enumerator or a tag object such as `std::adopt_lock`)?
Truth hasValue(const clang::Expr *expr, llvm::StringRef name, const Body &body, clang::ASTContext &context);

} // namespace coroguard
