// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Statements that only tell people something.
#pragma once

namespace clang {
class ASTContext;
class Stmt;
} // namespace clang

namespace coroguard {

/// Does it write to a log or a stream and do nothing else: `LOG(INFO) << x;`, `logger.debug("…")`, `std::cerr << x`,
/// `printf("…")`? Macros are known by their name, whatever they become.
bool onlyLogs(const clang::Stmt *statement, const clang::ASTContext &context);

} // namespace coroguard
