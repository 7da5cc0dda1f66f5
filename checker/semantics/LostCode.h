// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Code that does not compile and is therefore missing from the tree.
#pragma once

#include "checker/semantics/CodeIndex.h"

namespace coroguard {

/// What Clang could not make sense of in `body`, lambdas in it included. Of statements that it gave up nothing is left
/// in the tree; their words are `words`. `incomplete` says that it may have been the very await, move or unlock that a
/// rule misses: an expression with an error, or words that leave the function or name one of its variables.
/// Nothing for a unit without errors; else it costs a walk and the lexing of what lies between statements.
LostCode lostIn(const Body &body, const clang::ASTContext &context);

} // namespace coroguard
