// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Which object an expression names, by the way to it: a variable or the current object, and the members from there.
#pragma once

#include "checker/semantics/Callees.h"

#include <string>

namespace coroguard {

/// `conn->mutex`, `(*conn).mutex` and `conn.get()->mutex` are one way, as are `mutex` and `this->mutex`; references with
/// an initialiser are what they are bound to. What has no such way (`table[i]`, `lookup()`) is known by how it is spelled.
struct AccessPath {
  enum class Root : uint8_t { Nothing, This, Variable, Spelled };
  Root root = Root::Nothing;
  const clang::ValueDecl *variable = nullptr;
  uint64_t spelling = 0;
  llvm::SmallVector<const clang::ValueDecl *, 3> members;

  static AccessPath of(const clang::Expr *expr, const clang::ASTContext &context);
  /// What a callee's way is at the call: its `this` and parameters are what the call gives it. Nothing for locals of
  /// the callee and what it spells.
  static AccessPath atCall(const AccessPath &inside, const CallSite &call, const clang::ASTContext &context);

  explicit operator bool() const { return root != Root::Nothing; }
  friend bool operator==(const AccessPath &a, const AccessPath &b) {
    return a.root == b.root && a.variable == b.variable && a.spelling == b.spelling && a.members == b.members;
  }
  /// `conn.mutex`; empty for what is known by its spelling.
  std::string text() const;
};

} // namespace coroguard
