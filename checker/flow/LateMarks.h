// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Flags and counts that say that something is done or taken, and are set only after the await that follows their test.
#pragma once

#include "checker/flow/PathWalk.h"

namespace coroguard {

struct LateMark {
  const clang::ValueDecl *mark;      ///< the member or global
  const clang::Stmt *test = nullptr; ///< found it unset, or with room left
  const clang::Stmt *suspension = nullptr;
  const clang::Stmt *set = nullptr;
};

/// `if (open_) co_return; co_await connect(); open_ = true;`: whoever comes during the await finds it unset, too. Not where
/// another flag is set before the await: that may be what keeps others out.
std::vector<LateMark> lateMarks(const FlowGraph &graph, const clang::ASTContext &context);

} // namespace coroguard
