// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How a function learns of the end of a task that it holds, other than by awaiting it.
#pragma once

#include "checker/semantics/CodeIndex.h"
#include "checker/semantics/TaskTypes.h"

namespace coroguard {

/// Of a task that runs already: does code that cannot await it look at what it writes, or is its end told through a promise
/// that its continuation has?
bool isObservedOtherwise(const clang::VarDecl *task, const Body &body, TaskTypes &types);

} // namespace coroguard
