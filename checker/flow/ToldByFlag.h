// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Handlers that are told, through something they share with their function, that the function is over.
#pragma once

#include "checker/semantics/CodeIndex.h"

namespace coroguard {

/// `auto done = std::make_shared<bool>(false); timer.async_wait([&local, done](auto) { if (!*done) use(local); }); …; *done = true;`
/// Does the closure given away by `call` use `local` only where it has asked what it shares with `body`, and does `body` write
/// to that after the call? `inner`: the body of the closure.
bool isToldByFlag(const clang::VarDecl *local, const clang::LambdaExpr *lambda, const clang::CallExpr *call, const Body &inner, const Body &body);

} // namespace coroguard
