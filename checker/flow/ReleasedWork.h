// SPDX-FileCopyrightText: coroguard contributors
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Work that is thrown away on purpose, `(void)read().then(…)`: what it uses, and who sees to its end.
#pragma once

#include "checker/semantics/CodeIndex.h"

#include "clang/AST/ExprCXX.h"

#include <string>

namespace coroguard {

struct ReleasedWork {
  const clang::Expr *user = nullptr; ///< the first continuation that uses what others own, or null
  std::string used = {};             ///< by it: `this`, or a parameter by reference
  const clang::Expr *begins = nullptr; ///< the member call on `this` that the chain goes on from, or null
  bool joined = false;               ///< a gate waits for it
  bool kept = false;                 ///< a pointer or a permit in it keeps what it uses, as far as one can see
  bool handled = false;              ///< something in it sees to exceptions

  /// Does it use something that nothing here keeps?
  bool usesUnkept() const { return (user || begins) && !joined && !kept; }
};

ReleasedWork releasedWork(const clang::Expr *released, const Body &body);

} // namespace coroguard
