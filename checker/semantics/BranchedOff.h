// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code that its own function keeps from the thread of the event loop by a branch.
#pragma once

#include "checker/semantics/CodeIndex.h"

namespace coroguard {

/// Does a branch around `node` say that another process or thread than the loop's runs it: the child after `fork()`, or code
/// that first asks which thread it is on? Who asks knows better than the rules what may block there.
bool isBranchedOff(const clang::Stmt *node, const Body &body);

} // namespace coroguard
