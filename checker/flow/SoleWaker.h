// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Coroutines that only one object can wake, such as readers of a channel or waiters for an event: when it is gone, they
// stay where they are.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/TaskTypes.h"

namespace coroguard {

/// The reference parameter whose object alone can resume `coroutine`: all that it awaits are operations of that object,
/// and their awaiters leave the handle with themselves or with the object. Null if there is none.
const clang::ParmVarDecl *soleWakerOf(const Body &coroutine, const CodeIndex &code, TaskTypes &types);

} // namespace coroguard
