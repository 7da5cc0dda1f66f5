// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Is a task used where its result was meant?
#pragma once

#include "checker/semantics/Callees.h"

namespace coroguard {

/// How a task is mistaken for its value.
struct ValueUse {
  enum class How : uint8_t { Converted, Compared, Dereferenced, Printed };
  How how;
  const clang::Expr *expr; ///< the conversion, comparison, … that takes the task
};

/// Does the conversion give a result that is there, to code that cannot await it?
bool isResultOf(const clang::CXXConversionDecl *conversion, const AsyncType *type);

/// `task` is an expression whose type is a task (a call, or a reference to a variable). None if the surrounding
/// expression treats it as a task.
std::optional<ValueUse> valueUseOf(const clang::Expr *task, const Body &body, TaskTypes &types);

} // namespace coroguard
