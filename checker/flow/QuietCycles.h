// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Cycles of a coroutine's flow graph without a suspension, whose ways out depend on nothing that the cycle itself
// changes.
#pragma once

#include "checker/flow/FlowGraph.h"

namespace coroguard {

struct QuietCycle {
  const clang::Stmt *loop = nullptr; ///< the innermost loop around it; never a range-for
  const clang::Expr *exit = nullptr; ///< a condition that ends it; null if nothing does
  bool suspendsElsewhere = false;    ///< another way through the loop suspends
};

/// Cycles that work their own way to the end are left out: the condition reads what they change, calls something that
/// may make progress, or is no plain truth. None for graphs of more than 2000 blocks.
std::vector<QuietCycle> quietCycles(const FlowGraph &graph, TaskTypes &types);
void print(llvm::ArrayRef<QuietCycle> cycles, const clang::ASTContext &context, llvm::raw_ostream &out);

} // namespace coroguard
